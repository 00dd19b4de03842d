"""What a deployment can choose: image models by name, and the regions in which Amazon Bedrock is asked.

They are apart because every function reads its environment, and few need what the models can do.
"""

from typing import Literal

BedrockName = Literal["bedrock-inpaint", "bedrock-core", "bedrock-ultra", "bedrock-sd3.5"]
ModelName = Literal["compositor", BedrockName]
"""The image models that a deployment can choose."""

Region = Literal["us-east-1", "us-east-2", "us-west-2"]
"""Where they are asked."""
