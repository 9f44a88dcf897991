"""Everything deployed, on one screen."""

from chalice import Chalice

from chalicelib.entrypoints import board_api, http, openapi, profile_api

app = Chalice(app_name="coinmarketleague")
app.register_middleware(http.only_problems, "http")
app.register_blueprint(board_api.blueprint)
app.register_blueprint(profile_api.blueprint)
app.register_blueprint(openapi.blueprint)
