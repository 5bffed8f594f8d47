"""The demo: a made-up chain with a month behind it, made by the product's own actions, the clock moved."""
