"""The ASGI app: API, websocket and built pages on one port. `uvicorn vannilli_app.asgi:asgi` serves it."""

from reflex_base import constants
from reflex_base.environment import environment

from vannilli_app import frontend, logs, routes, sentry, tracing
from vannilli_app.calculator.site import Site
from vannilli_app.config import settings
from vannilli_app.lost import Lost
from vannilli_app.middleware import ApiFirst, CleanUrls, RequestId, SecurityHeaders
from vannilli_app.showcase.site import ShowcaseSite
from vannilli_app.tracing import Traced
from vannilli_app.traffic import Counting

_web = frontend.current()
_pages = _web / constants.Dirs.STATIC

logs.configure(settings().log_level)
sentry.configure(settings())
_traces = tracing.configure(settings(), "vannilli-server") is not None
environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
environment.REFLEX_WEB_WORKDIR.set(_web)
environment.REFLEX_STATES_WORKDIR.set(settings().data_dir / "states")
environment.REFLEX_SKIP_COMPILE.set(True)
environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)

from vannilli_app.vannilli_app import api, app  # noqa: E402  (Reflex reads the above when it is imported)

_built = CleanUrls(app(), _pages, hidden=[routes.DESIGN] if settings().is_production else [])
_showcase = ShowcaseSite(Lost(_built, _pages), _pages, settings().base_url)
_site = Site(_showcase, _pages, settings().base_url)
_answers = RequestId(SecurityHeaders(ApiFirst(_site, api), _pages, settings()))
asgi = Counting(Traced(_answers) if _traces else _answers)
