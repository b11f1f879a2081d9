"""Video, sound and pictures: what a file is, cutting it on the bars, finishing the video."""

# The only kinds of file that FFmpeg may take a stranger's file for: no playlist, no list of other files.
FORMATS = "mov,matroska,mp3,wav,flac,ogg,aac,jpeg_pipe,png_pipe,webp_pipe"
