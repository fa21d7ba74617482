import asyncio

from tracker.tasks import finish_tasks


async def fail() -> None:
    raise ValueError("failed")


async def test_tasks_that_end_in_time_are_left_alone_whatever_they_raise():
    tasks = [asyncio.create_task(asyncio.sleep(0, "done")), asyncio.create_task(fail())]
    assert await finish_tasks(tasks, 5)
    assert tasks[0].result() == "done"
    assert isinstance(tasks[1].exception(), ValueError)


async def test_late_tasks_are_cancelled_and_have_ended():
    late, done = asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))
    assert not await finish_tasks([late, done], 0.01)
    assert late.cancelled()
    assert done.done()


async def test_no_tasks_are_at_an_end():
    assert await finish_tasks([], 5)
