import re

from dropforge_train.progress import Progress

LINE = r"progress step=\d+ of=\d+ epoch=\d+\.\d\d loss=(nan|\d+\.\d{4}) accuracy=(nan|\d\.\d{4}) eta_seconds=\d+"


def test_lines_have_one_form_and_one_interval():
    lines = []
    progress = Progress(10, lines.append)
    for step in range(1, 101):
        progress.add_loss(1 / step)
        if step == 50:
            progress.accuracy = 0.75
        progress.report(step, elapsed=step * 0.25, fraction=step / 100)
    progress.report(100, 25.0, 1.0, last=True)
    assert all(re.fullmatch(LINE, line) for line in lines)
    assert 20 <= len(lines) <= 27
    assert lines[0] == "progress step=1 of=100 epoch=0.10 loss=1.0000 accuracy=nan eta_seconds=25"
    assert lines[-1].endswith("accuracy=0.7500 eta_seconds=0")
