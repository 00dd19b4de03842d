"""Properties are judged by what they find and never by how long the machine took."""

from hypothesis import HealthCheck, settings

settings.register_profile("model", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("model")
