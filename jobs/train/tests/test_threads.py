from dropforge_train.threads import LOOK_AGAIN_SECONDS, ThreadChooser


class Machine:
    """Step times by thread count, as a machine with some load would show them."""

    def __init__(self, cores, seconds):
        self.seconds, self.used, self.clock = dict(seconds), [], 0.0
        self.threads = 0
        self.chooser = ThreadChooser(cores, self.set_threads)

    def set_threads(self, count):
        self.threads = count

    def run(self, steps):
        for _ in range(steps):
            self.used.append(self.threads)
            self.clock += self.seconds[self.threads]
            self.chooser.record(self.seconds[self.threads])


def test_a_quiet_machine_gets_all_cores():
    machine = Machine(2, {1: 0.15, 2: 0.08})
    machine.run(20)
    assert machine.chooser.threads == machine.threads == 2


def test_a_busy_machine_gets_one_thread_after_few_slow_steps():
    machine = Machine(2, {1: 0.15, 2: 0.6})
    machine.run(20)
    assert machine.chooser.threads == machine.threads == 1
    assert machine.used.count(2) <= 4


def test_the_choice_follows_the_load_up_and_down():
    machine = Machine(2, {1: 0.15, 2: 0.08})
    machine.run(100)
    machine.seconds = {1: 0.15, 2: 0.6}
    machine.run(40)
    assert machine.threads == 1
    machine.seconds = {1: 0.15, 2: 0.08}
    machine.run(int(LOOK_AGAIN_SECONDS / 0.15) + 20)
    assert machine.threads == 2


def test_looking_again_costs_little():
    machine = Machine(2, {1: 0.15, 2: 0.6})
    machine.run(1000)
    assert machine.clock < 1.07 * 1000 * 0.15


def test_many_cores_are_searched_by_doubling():
    machine = Machine(12, {1: 1.0, 2: 0.6, 4: 0.35, 8: 0.3, 12: 0.5})
    machine.run(60)
    assert machine.threads == 8


def test_one_core_needs_no_trial():
    machine = Machine(1, {1: 0.1})
    machine.run(300)
    assert set(machine.used) == {1} and machine.chooser.threads == 1
