"""What `require_free_ports` refuses before anything listens."""

import pytest

from tracker.config import parse
from tracker.errors import ConfigError
from tracker.service.ports import require_free_ports


@pytest.mark.parametrize("page", [True, False])
def test_what_is_no_address_is_refused_before_anything_listens(*, page: bool) -> None:
    key = "web" if page else "service"
    config = parse(b"")
    # As the options of `run` set it, which the checks of the file do not see.
    config = config.model_copy(update={key: getattr(config, key).model_copy(update={"listen": "1.2.3"})})
    with pytest.raises(ConfigError, match=f"{key}.listen.*not a host and port"):
        require_free_ports(config, with_page=page)
