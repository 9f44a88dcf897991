"""What acceptance and deployment share."""

from tests.infra.conftest import merged as merged
from tests.infra.conftest import template as template
