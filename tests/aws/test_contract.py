"""The contract of object stores, kept by an S3 that really compares and swaps."""

from tests.store.test_object_store_contract import *  # noqa: F403 - the same sentences, over this folder's store
