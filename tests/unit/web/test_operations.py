import pytest

from tracker.errors import UsageError
from tracker.web.operations import OPERATIONS

FIELDS = [(each, name) for each in OPERATIONS for name in each.body.model_fields]


@pytest.mark.parametrize(("operation", "name"), FIELDS, ids=lambda each: getattr(each, "api", each))
def test_a_value_of_another_type_is_answered_with_the_type_that_is_needed(operation, name):
    with pytest.raises(UsageError) as refused:
        operation.read({name: {"a": "b"}})
    sentence = next(each for each in refused.value.message.split("; ") if each.startswith(f"{name}: "))
    assert sentence.startswith(f"{name}: must be ")
    assert not sentence.startswith(f"{name}: must be , ")


def test_a_list_that_is_too_long_is_answered_with_its_limit():
    operation = next(each for each in OPERATIONS if each.api == "/api/v1/stories")
    with pytest.raises(UsageError, match="articles: must have at most 100 entries"):
        operation.read({"story": "x", "articles": ["a"] * 101})
