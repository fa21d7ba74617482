import asyncio

from tracker.tasks import finish_tasks


async def fail() -> None:
    raise ValueError("failed")


def test_tasks_that_end_in_time_are_left_alone_whatever_they_raise():
    async def scenario() -> None:
        tasks = [asyncio.create_task(asyncio.sleep(0, "done")), asyncio.create_task(fail())]
        assert await finish_tasks(tasks, 5)
        assert tasks[0].result() == "done"
        assert isinstance(tasks[1].exception(), ValueError)

    asyncio.run(scenario())


def test_late_tasks_are_cancelled_and_have_ended():
    async def scenario() -> None:
        late, done = asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))
        assert not await finish_tasks([late, done], 0.01)
        assert late.cancelled()
        assert done.done()

    asyncio.run(scenario())


def test_no_tasks_are_at_an_end():
    assert asyncio.run(finish_tasks([], 5))
