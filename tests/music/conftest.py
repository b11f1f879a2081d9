from hypothesis import settings

# A shared machine stalls for longer than hypothesis' 200 ms: how long an example takes proves nothing here.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
