"""SMS through any provider that takes an HTTP request: the organisation says how the request looks."""

NAME = "sms"
