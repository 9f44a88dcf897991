"""Everything deployed, on one screen."""

from chalice import Chalice

app = Chalice(app_name="coinmarketleague")
