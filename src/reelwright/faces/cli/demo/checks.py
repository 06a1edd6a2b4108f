"""How each result of the demo is checked against the truth of its sample."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from reelwright.faces.cli.demo import looking
from reelwright.faces.cli.demo.asked import CHART, FILM, MOST_SENTENCE, SAID, TEXTS
from reelwright.faces.cli.demo.samples import NUMBERS, Samples


class CheckFailed(Exception):
    """The result is not what it should be; the message says how."""


LEAST_LUMA, LEAST_CONTRAST = 25.0, 8.0  # of 255; a black picture has 0 and 0
LEAST_FIGURE = 0.7  # of the walking figure must be in the upright picture
LEAST_GAIN_DB = 3.0
LEAST_LIKENESS = 0.4  # a song that is turned up and down by ducking is no more like itself; noise has 0.02
MOST_SUM_OFF = 1 / 32768  # a step of 16 bits; they were mixed to mono on the way here
MOST_BEAT_OFF, LEAST_F = 0.07, 0.95  # seconds, as the field counts beats; share of them
MOST_CHORUS_OFF = 1.0  # seconds
MOST_ALPHA_OFF = 0.02  # of 1; a matte without hair is 0.04 off, none at all 0.2
MOST_SPOTS_LEFT = 0.75  # of their contrast; the strongest smoothing leaves a third
LEAST_LIFT, MOST_CHANGE_AWAY = 3.0, 1.5  # grey levels; coding alone changes 1
MOST_SUMMARY, LEAST_SIGHT, LEAST_SCORE = 0.6, 1.2, 0.9  # of the film's length; s a place; at most 1
LEAST_WORDS_DB = 34.0  # PSNR against the film without words; with them it is below 25
MOST_FRAMES_OFF = 1.0
LEAST_SIGN_DB = 30.0  # the sign itself leaves 8
MOST_CODED = 3.0  # grey levels by which two codings of one picture differ
MOST_BAR_OFF = 0.03  # of the longest bar
MOST_SPOKEN_OFF, SENTENCE_GAP = 0.04, 0.3  # seconds; pauses inside a sentence are shorter
MOST_HEARD_OFF, LEAST_HEARD = 0.25, 0.7  # seconds; share of the words
LEAST_MOTION = 0.05  # grey levels between two frames, for the calmest pair
LEAST_RED, LEAST_BLUE = 0.002, 0.3  # shares of the picture, and of its upper half
LEAST_LIKENESS_OF_FIRST = 0.7  # correlation; another picture has about 0
MOST_SECONDS_OFF = 0.1  # a duration may differ by less than three frames


def must(holds: bool, fault: str) -> None:
    if not holds:
        raise CheckFailed(fault)


def covers(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Pictures of the video's size, lit, and from good moments only."""
    must(bool(files) and len(files) == len(result), f"{len(files)} files for {len(result)} covers")
    for path, cover in zip(files, result, strict=True):
        luma, contrast, size = looking.at_picture(path)
        seconds = float(cover["Time"]) / 1000
        must(size == made.picture.size, f"{path.name} is {size}, the video is {made.picture.size}")
        must(luma > LEAST_LUMA and contrast > LEAST_CONTRAST, f"{path.name} shows next to nothing (luma {luma:.0f})")
        must(not made.picture.is_bad(seconds), f"{path.name} is from {seconds:.2f} s, a black, blurred or mixed moment")
    times = ", ".join(f"{float(one['Time']) / 1000:.2f} s" for one in result)
    return f"{len(files)} covers, at {times}; none black, blurred or in a dissolve"


def summarised(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Shorter, with sound, every good place in it once, no bad take, and as long as its clips."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    clips = [(float(one["StartTime"]), float(one["EndTime"])) for one in result["VideoSummaryList"]]
    seen, length = looking.at_video(files[0]), sum(end - start for start, end in clips)
    must(seen.has_sound, "the sound is gone")
    must(abs(seen.seconds - length) <= MOST_SECONDS_OFF, f"{seen.seconds:.2f} s long, its clips {length:.2f} s")
    must(length <= MOST_SUMMARY * made.film.seconds, f"{length:.1f} s of {made.film.seconds:.1f} s are no summary")
    score = made.film.score(clips, need=LEAST_SIGHT)
    must(score >= LEAST_SCORE, f"places are missing, or seen twice: the score is {score:.2f}")
    return f"{len(clips)} clips, {length:.1f} s of {made.film.seconds:.1f} s; {score:.2f} of what there is to see"


def upright(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Taller than wide, as long as the source, and with the figure in the picture."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    seen = looking.at_video(files[0])
    width, height = seen.size
    must(height > width, f"{width}x{height} is not upright")
    off = abs(seen.seconds - made.picture.seconds)
    must(off <= MOST_SECONDS_OFF, f"{seen.seconds:.2f} s long, the source {made.picture.seconds:.2f} s")
    must(seen.has_sound, "the sound is gone")
    kept = looking.figure_kept(files[0], made.picture)
    must(kept >= LEAST_FIGURE, f"only {kept:.0%} of the walking figure is in the picture")
    return f"{width}x{height}, {seen.seconds:.2f} s with sound; {kept:.0%} of the walking figure is in the picture"


def denoised(made: Samples, files: Sequence[Path], result: Any) -> str:
    """The same rate and length, and nearer to the clean voice."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    samples, rate = looking.at_sound(files[0])
    must(rate == made.speech.rate, f"{rate} Hz, the source has {made.speech.rate} Hz")
    off = abs(len(samples) / rate - made.speech.seconds)
    must(off <= MOST_SECONDS_OFF, f"{len(samples) / rate:.2f} s long, the source {made.speech.seconds:.2f} s")
    before = looking.snr_db(made.speech.noisy, made.speech.clean, rate)
    after = looking.snr_db(samples, made.speech.clean, rate)
    must(after - before >= LEAST_GAIN_DB, f"the signal-to-noise ratio went from {before:.1f} to {after:.1f} dB")
    return f"{rate} Hz, {len(samples) / rate:.2f} s; signal-to-noise ratio {before:.1f} -> {after:.1f} dB"


def demixed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Voice and accompaniment that add up to the song, each nearer to its stem than the song is."""
    must([path.stem for path in files] == ["vocals", "accompaniment"], f"not the two files: {[*map(str, files)]}")
    (song, rate), *parts = (looking.at_sound(path) for path in (made.song_path, *files))
    must(all(one[1] == rate for one in parts), f"{[one[1] for one in parts]} Hz, the source has {rate} Hz")
    (vocals, _), (rest, _) = parts
    must(len(vocals) == len(rest) == len(song), f"{len(vocals)} and {len(rest)} samples, the source has {len(song)}")
    off = float(abs(vocals + rest - song).max())
    must(off < MOST_SUM_OFF, f"voice and accompaniment miss their sum by {off:.5f}")
    gains = []
    for found, stem in ((vocals, made.song.stems["vocals"]), (rest, made.song.accompaniment)):
        truth = stem.mean(axis=0)
        gains.append(looking.snr_db(found, truth, rate) - looking.snr_db(song, truth, rate))
    shown = f"the voice {gains[0]:+.1f} dB nearer to its stem, the accompaniment {gains[1]:+.1f} dB"
    must(gains[0] >= LEAST_GAIN_DB and gains[1] > 0, shown)
    return f"{len(song) / rate:.2f} s, the parts add up; {shown}"


def mixed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """The voice's rate and length, the voice in front, and the song behind it."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    (mix, rate), (song, song_rate) = looking.at_sound(files[0]), looking.at_sound(made.song_path)
    must(rate == made.speech.rate, f"{rate} Hz, the voice has {made.speech.rate} Hz")
    must(len(mix) == len(made.speech.noisy), f"{len(mix)} samples, the voice has {len(made.speech.noisy)}")
    in_front = looking.snr_db(mix, made.speech.noisy, rate)
    must(in_front >= LEAST_GAIN_DB, f"the voice is only {in_front:.1f} dB above the rest")
    alike = looking.likeness_beside(mix, made.speech.noisy, looking.at_rate(song, song_rate, rate))
    must(alike >= LEAST_LIKENESS, f"what is behind the voice is no song (likeness {alike:.2f})")
    return f"{rate} Hz, {len(mix) / rate:.2f} s; the voice is {in_front:.1f} dB above the song (likeness {alike:.2f})"


def assessed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """One channel, valid, and noise named as what is worst about it."""
    must(not files and len(result) == 1, f"{len(files)} files and {len(result)} channels, not 0 and 1")
    told = result[0]
    must(told["Tag"] == "Valid", f"the tag is {told['Tag']}")
    scores = {name: float(told[f"{name}(0-5)"]) for name in ("Noisiness", "Coloration", "Discontinuity")}
    shown = ", ".join(f"{name} {score}" for name, score in scores.items())
    must(min(scores, key=lambda name: scores[name]) == "Noisiness", f"noise is not what is worst: {shown}")
    off = abs(float(told["Total Duration"]) - made.speech.seconds)
    must(off <= MOST_SECONDS_OFF, f"{told['Total Duration']} s long, the source {made.speech.seconds:.2f} s")
    return f"MOS {told['MOS(0-5)']} ({told['MOS']}): {shown}; speech in {float(told['Speech Ratio']):.0%} of the time"


def beats(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As many as were played, each within 70 ms, and first ones where bars begin."""
    must(len(files) == 1 and result == {}, f"{len(files)} files and the result {result}, not 1 and {{}}")
    rows = json.loads(files[0].read_text())
    off = [min(abs(row["time"] - at) for row in rows) for at in made.song.beats] if rows else []
    right = sum(one <= MOST_BEAT_OFF for one in off)
    f_measure = 2 * right / (len(rows) + len(made.song.beats))
    must(f_measure >= LEAST_F, f"{right} of {len(made.song.beats)} beats are right, {len(rows)} were told")
    first = [row["time"] for row in rows if row["beat"] == 1]
    told = sum(min(abs(time - at) for time in first) <= MOST_BEAT_OFF for at in made.song.downbeats) if first else 0
    must(told >= LEAST_F * len(made.song.downbeats), f"only {told} of {len(made.song.downbeats)} bars begin right")
    return f"{len(rows)} beats, F {f_measure:.2f}; the worst is {1000 * max(off):.0f} ms off; {told} bars begin right"


def choruses(made: Samples, files: Sequence[Path], result: Any) -> str:
    """All of them, and nothing else, with both ends."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    must(json.loads(files[0].read_text()) == result, "the file and the result are not the same")
    truth = made.whole.choruses
    must(len(result) == len(truth), f"{len(result)} choruses, not {len(truth)}")
    pairs = list(zip(result, truth, strict=True))
    worst = max(max(abs(one["start"] - true.start), abs(one["end"] - true.end)) for one, true in pairs)
    must(worst <= MOST_CHORUS_OFF, f"a chorus is {worst:.1f} s off its place")
    spans = ", ".join(f"{one['start']:.1f}-{one['end']:.1f} s" for one in result)
    return f"{len(result)} choruses, at {spans}; no edge is more than {worst:.2f} s off"


def cut_out(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As long as the source, with sound, and as transparent as the drawn figure is in every tenth frame."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    seen, found = looking.at_video(files[0]), looking.alphas(files[0])
    must(seen.size == made.screen.size, f"{seen.size}, the source is {made.screen.size}")
    must(len(found) == made.screen.frames, f"{len(found)} frames, the source has {made.screen.frames}")
    must(seen.has_sound, "the sound is gone")
    off = [float(abs(found[number] - made.screen.alpha_of(number)).mean()) for number in range(0, len(found), 10)]
    must(max(off) <= MOST_ALPHA_OFF, f"the transparency is {max(off):.3f} off on average")
    return f"{len(found)} frames with sound; the transparency is {max(off):.4f} off on average"


def retouched(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As long as the source, with sound; skin lighter and its spots fainter, and the rest as it was."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    seen = looking.at_video(files[0])
    must(seen.size == made.faces.size, f"{seen.size}, the source is {made.faces.size}")
    must(seen.has_sound, "the sound is gone")
    after, before = looking.lumas(files[0]), looking.lumas(made.faces.path)
    must(len(after) == made.faces.frames, f"{len(after)} frames, the source has {made.faces.frames}")
    number = made.faces.frames // 2
    spots, lifts = [], []
    for head in range(len(made.faces.heads)):
        spot, skin = made.faces.spots(number, head), made.faces.skin(number, head)
        was, now = (float(one[number][skin & ~spot].mean() - one[number][spot].mean()) for one in (before, after))
        spots.append(now / was)
        lifts.append(float((after[number] - before[number])[skin].mean()))
    away = float(abs(after[number] - before[number])[~made.faces.face(number, grown=1.1)].mean())
    must(max(spots) <= MOST_SPOTS_LEFT, f"{max(spots):.0%} of a face's spots are left")
    must(min(lifts) >= LEAST_LIFT, f"the skin got only {min(lifts):.1f} grey levels lighter")
    must(away <= MOST_CHANGE_AWAY, f"beside the faces the picture changed by {away:.1f} grey levels")
    return (
        f"{len(spots)} faces, {max(spots):.0%} of the spots left, skin {min(lifts):+.1f} levels, beside them {away:.1f}"
    )


def without_words(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As many frames as the source, and each of them like the film on which nothing was written."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    after, truth = looking.lumas(files[0]), looking.lumas(made.wordless.path)
    must(len(after) == len(truth), f"{len(after)} frames, the source has {len(truth)}")
    alike = [looking.psnr_db(one, other) for one, other in zip(after, truth, strict=True)]
    worst, number = min((one, at) for at, one in enumerate(alike))
    must(worst >= LEAST_WORDS_DB, f"frame {number} is only {worst:.1f} dB like the film without words")
    return f"{len(after)} frames, none less than {worst:.1f} dB like the film without words"


def without_sign(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As many frames as the source, with sound; like the film without the sign where it was, and unchanged below."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    must(looking.at_video(files[0]).has_sound, "the sound is gone")
    after, truth = looking.lumas(files[0]), looking.lumas(made.marked.clean)
    must(len(after) == len(truth), f"{len(after)} frames, the source has {len(truth)}")
    left, top, width, height = made.marked.marks[0].box
    box = slice(top, top + height), slice(left, left + width)
    alike = sorted(looking.psnr_db(one[box], other[box]) for one, other in zip(after, truth, strict=True))
    middle = alike[len(alike) // 2]
    must(middle >= LEAST_SIGN_DB, f"where the sign was the film is only {middle:.1f} dB like the one without it")
    below = slice(made.marked.size[1] // 2, None)
    away = max(float(abs(one[below] - other[below]).mean()) for one, other in zip(after, truth, strict=True))
    must(away <= MOST_CODED, f"far from the sign the picture changed by {away:.1f} grey levels")
    return f"{len(after)} frames with sound, in the sign's place {middle:.1f} dB like the film without it"


def captions_read(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Every caption of the film, letter by letter, from its first frame to its last."""
    must(len(files) == 1 and result == {}, f"{len(files)} files and the result {result}, not 1 and {{}}")
    found, true = looking.at_subtitles(files[0]), made.worded.cues
    texts = [text for _, _, text in found]
    must(texts == [one.text for one in true], f"it reads {texts}")
    off = [max(abs(start - one.start), abs(end - one.end)) for (start, end, _), one in zip(found, true, strict=True)]
    must(max(off) * made.worded.fps <= MOST_FRAMES_OFF, f"a caption is {max(off):.2f} s off")
    return f"{len(found)} captions, read without a mistake; no edge is more than {1000 * max(off):.0f} ms off"


def spoken(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Every sentence, told in its own words, where it is heard."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    told = [one["content"] for one in result]
    must(told == SAID, f"it says it spoke {told}")
    heard = looking.spoken_spans(*looking.at_sound(files[0]), pause=SENTENCE_GAP)
    must(len(heard) == len(SAID), f"{len(heard)} sentences are heard, not {len(SAID)}")
    off = max(
        max(abs(start - one["from"]), abs(end - one["to"])) for (start, end), one in zip(heard, result, strict=True)
    )
    must(off <= MOST_SPOKEN_OFF, f"a sentence is {1000 * off:.0f} ms off its place")
    return f"{len(told)} sentences in Chinese and English; no edge is more than {1000 * off:.0f} ms off"


def written(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As many texts as were asked for, all different, none too long, each with a keyword."""
    must(not files, f"{len(files)} files, not 0")
    must(len(result) == len(set(result)) == TEXTS["targetCount"], f"{len(set(result))} different texts")
    longest = max(map(len, result))
    must(longest <= TEXTS["textLength"], f"a text has {longest} letters")
    keywords = TEXTS["keywords"].split(",")
    must(all(any(one in text for one in keywords) for text in result), "a text has no keyword in it")
    return f"{len(result)} texts, at most {longest} letters: {result[0]}"


def charted(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Of the size and length asked for, and with bars as long, at the end, as their numbers."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    seen, lengths = looking.at_video(files[0]), looking.bars(files[0])
    width, height = CHART["output_config"]["Width"], CHART["output_config"]["Height"]
    must(seen.size == (width, height), f"{seen.size[0]}x{seen.size[1]}, not {width}x{height}")
    must(abs(1000 * seen.seconds - int(CHART["chart_config"]["VideoDuration"])) <= 50, f"{seen.seconds:.2f} s long")
    truth = sorted((listed[-1] for listed in NUMBERS.values()), reverse=True)
    must(len(lengths) == len(truth), f"{len(lengths)} bars, not {len(truth)}")
    off = max(abs(one / lengths[0] - number / truth[0]) for one, number in zip(lengths, truth, strict=True))
    must(off <= MOST_BAR_OFF, f"a bar is {off:.1%} off its length")
    return (
        f"{width}x{height}, {seen.seconds:.2f} s; {len(lengths)} bars in order, none more than {off:.1%} off its length"
    )


def written_down(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Most words of a machine that reads, in sentences that are not too long, where they are; none of the music."""
    told = [one["content"] for one in result]
    must(bool(told), "it hears nothing")
    heard = " ".join(told).lower().replace(",", "").replace(".", "").split()
    true = made.read.words.split()
    right = sum(block.size for block in SequenceMatcher(None, true, heard, autojunk=False).get_matching_blocks())
    must(right >= LEAST_HEARD * len(true), f"it hears {told}")
    must(all(len(one.split()) <= MOST_SENTENCE for one in told), f"a sentence of {told} is too long")
    start, end = made.read.spans[0]
    off = max(abs(result[0]["from"] - start), abs(result[-1]["to"] - end))
    must(off <= MOST_HEARD_OFF, f"an edge is {1000 * off:.0f} ms off its place")
    return f"{right} of {len(true)} words of a made voice, no edge more than {1000 * off:.0f} ms off, none of the music"


def painted(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As long and as large as asked for, never still, with a red kite before a blue sky."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    seen, moves = looking.at_video(files[0]), looking.motion(files[0])
    must(seen.size == (640, 360), f"{seen.size}, not 640x360")
    must(abs(seen.seconds - FILM["duration"]) <= MOST_SECONDS_OFF, f"{seen.seconds:.2f} s long")
    must(min(moves) > LEAST_MOTION, f"between two frames only {min(moves):.2f} grey levels change")
    red, blue = looking.colours_of_kite(files[0])
    must(red > LEAST_RED and blue > LEAST_BLUE, f"{red:.2%} of it is red, {blue:.0%} of its upper part blue")
    return (
        f"{seen.seconds:.1f} s with a red kite in a blue sky; a pixel changes by {sum(moves) / len(moves):.1f} levels"
    )


def set_in_motion(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Begins with the picture that was given, and moves."""
    must(len(files) == 1, f"{len(files)} files, not 1")
    moves = looking.motion(files[0])
    must(min(moves) > LEAST_MOTION, f"between two frames only {min(moves):.2f} grey levels change")
    likeness = looking.likeness_of_first(files[0], made.photo_path)
    must(likeness > LEAST_LIKENESS_OF_FIRST, f"its first frame is only {likeness:.2f} like the picture")
    return f"its first frame is {likeness:.2f} like the picture (of 1), and it moves all the time"
