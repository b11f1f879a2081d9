"""Video, sound and pictures: what a file is, cutting it on the bars, finishing the video."""

# The only kinds of file that FFmpeg may take a stranger's file for: no playlist, no list of other files.
FORMATS = "mov,matroska,mp3,wav,flac,ogg,aac,jpeg_pipe,png_pipe,webp_pipe"
# And the only decoders: what phones, browsers, cameras and music programs write. Each is one more to be attacked.
CODECS = (
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,mpeg4,prores,mjpeg,png,webp,"
    "aac,alac,flac,mp3,mp3float,opus,libopus,vorbis,"
    "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_alaw,pcm_mulaw"
)
