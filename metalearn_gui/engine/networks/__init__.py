"""Networks by key; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.networks.base import Network
from metalearn_gui.engine.networks.conv4 import Conv4
from metalearn_gui.engine.networks.mlp import Mlp
from metalearn_gui.engine.networks.ratings_net import RatingsNet
from metalearn_gui.engine.networks.table_net import TableNet

NETWORKS: dict[str, type[Network]] = {network.key: network for network in (Mlp, Conv4, RatingsNet, TableNet)}
