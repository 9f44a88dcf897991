"""GET /me/opening: what proves one's own mark to somebody else."""

from http import HTTPStatus

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.hour_file import hour_text
from chalicelib.entrypoints import http
from chalicelib.entrypoints.http import Answer
from chalicelib.entrypoints.parameters import FullHour, Query, query
from chalicelib.entrypoints.viewer import signed_in
from chalicelib.services.open_commitment import open_commitment

blueprint = Blueprint(__name__)

_SAY = (
    "Whoever gets this can see your value of that hour, and check it against the public file."
    " Give it to those alone who shall know."
)


class OpeningQuery(Query):
    """Which hour."""

    hour: FullHour


class OpeningAnswer(Answer):
    """A mark, and what proves that it is the one in the public file of the hour."""

    hour: str
    file: str = Field(description="Name of the file, as under /hours/, in its first revision.")
    id: str = Field(description="Which row of the file.")
    commitment: str = Field(description="As in the row: SHA-256 of the salt and the mark, in hex.")
    mark: str = Field(description="The mark as the text that was committed to.")
    salt: str = Field(description="32 bytes in hex.")
    say: str


OPERATIONS = (
    http.Operation(
        "/me/opening",
        "Opens the commitment to one's own mark of an hour.",
        OpeningAnswer,
        OpeningQuery,
        (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
        ),
        signed_in=True,
    ),
)


@blueprint.route("/me/opening", methods=["GET"])
@http.guarded
def get_opening() -> Response:
    """The opening of one hour."""
    request = blueprint.current_request
    viewer, stores = signed_in(request), wiring.stores()
    asked = query(OpeningQuery, request)
    found = open_commitment(
        viewer.trader,
        asked.hour,
        history=stores.history,
        secrets=stores.secrets,
        corrections=stores.corrections,
    )
    return http.private(
        OpeningAnswer(
            hour=hour_text(found.hour),
            file=f"/hours/{found.file}",
            id=found.row_id,
            commitment=found.commitment,
            mark=found.mark,
            salt=found.salt,
            say=_SAY,
        )
    )
