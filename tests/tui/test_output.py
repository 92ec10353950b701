"""Writing to what takes nothing, and to what is gone."""

from __future__ import annotations

import os
from threading import Event

from cryotui.tui.output import MOST_WAITING, Output


def test_nobody_waits_for_a_reader_that_does_not_read_and_what_is_left_out_is_told_of_after_it() -> None:
    reader, writer = os.pipe()
    caught_up = Event()
    output = Output(writer, str.encode, gone=lambda: None, caught_up=caught_up.set)
    frame, frames = "x" * 8192, 0
    while output.write(frame, frame=True):
        frames += 1
        assert frames * len(frame) < 100 * MOST_WAITING
    assert not output.write("y", frame=True), "the frames after one that was left out are of no use"
    assert output.write("z", frame=False)
    assert not caught_up.is_set()
    seen = b""
    while not seen.endswith(b"z"):
        seen += os.read(reader, 1 << 16)
    assert seen == b"x" * 8192 * frames + b"z"
    assert caught_up.wait(20)
    assert output.write("again", frame=True)
    output.stop()
    assert os.read(reader, 100) == b"again"
    assert not output.write("late", frame=False)
    os.close(reader)
    os.close(writer)


def test_the_end_does_not_wait_for_a_reader_that_does_not_read() -> None:
    reader, writer = os.pipe()
    gone = Event()
    output = Output(writer, str.encode, gone=gone.set, caught_up=lambda: None)
    output.write("x" * (1 << 20), frame=False)
    output.stop()
    os.close(reader)
    assert gone.wait(20)
    os.close(writer)


def test_a_reader_that_is_gone_is_told_of_once() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    told: list[bool] = []
    gone = Event()

    def tell() -> None:
        told.append(True)
        gone.set()

    output = Output(writer, str.encode, gone=tell, caught_up=lambda: None)
    output.write("x", frame=True)
    assert gone.wait(20)
    for _ in range(100):
        assert not output.write("x", frame=False)
    output.stop()
    assert told == [True]
    os.close(writer)


def test_a_terminal_that_another_program_has_made_non_blocking_gets_everything() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    output = Output(writer, str.encode, gone=lambda: None, caught_up=lambda: None)
    output.write("x" * 300_000, frame=False)
    seen = 0
    while seen < 300_000:
        seen += len(os.read(reader, 1 << 16))
    output.stop()
    os.close(reader)
    os.close(writer)
