"""`python -m tests.bench.transcode IN OUT`: the least that making a video takes, decoding and encoding it.

With the animator's own encoder settings, so that what it takes more is the animation.
"""

import sys

import av


def main(source: str, target: str) -> None:
    """Writes the pictures of one file into another."""
    with av.open(source) as taken, av.open(target, "w", format="mp4") as made:
        clip = taken.streams.video[0]
        clip.thread_type = "AUTO"
        video = made.add_stream(
            "libx264", rate=clip.average_rate, options={"preset": "superfast", "crf": "19"}
        )
        video.width, video.height, video.pix_fmt = clip.width, clip.height, "yuv420p"
        video.thread_count = 2
        for frame in taken.decode(video=0):
            made.mux(video.encode(frame))
        made.mux(video.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
