"""Changes of products over HTTP."""

from collections.abc import Callable

from scene_studio.http.requests import Change
from scene_studio.model.client import Client, Product
from scene_studio.model.errors import NotFound
from scene_studio.store.cache import Versioned
from scene_studio.store.clients import Clients


def commit_product(
    clients: Clients,
    client_id: str,
    product_id: str,
    rule: Callable[[Client], Client | None],
    change: Change,
) -> Product:
    """Commit a rule about a product, and give the product as it stands then.

    Args:
        clients: all clients.
        client_id: whose product.
        product_id: the product.
        rule: what changes the client; None for nothing to do.
        change: the request.

    Raises:
        NotFound: there is no such client or product.
        SceneStudioError: as the rule and the commit raise.
    """

    def apply(current: Versioned[Client] | None) -> Client | None:
        if current is None:
            raise NotFound("client", client_id)
        return rule(current.document)

    commit = clients.commit(client_id, apply, change.request, change.pacing)
    product = commit.current.document.find(product_id)
    if product is None:
        raise NotFound("product", product_id)
    return product
