"""Settings: what a deployment may be told, and what it hears when that is wrong."""

import pytest
from pydantic.alias_generators import to_camel

from infra.settings import Settings, SettingsError
from tests.infra.stack.conftest import EVERYTHING


def test_every_setting_has_a_default_and_another_value_in_these_tests():
    changed = Settings.read(EVERYTHING).model_dump()
    assert {to_camel(name) for name, value in Settings().model_dump().items() if changed[name] != value} == {
        to_camel(name) for name in Settings.model_fields
    }


def test_text_of_a_command_line_and_values_of_a_file_say_the_same():
    typed = {
        "oidcIssuer": "https://issuer.example",
        "oidcAudience": ["scene-studio", "tools"],
        "workerSeconds": 240,
        "snapStart": True,
        "logRetentionDays": 30,
        "allowedOrigins": ["https://studio.example"],
    }
    text = {name: EVERYTHING[name] for name in typed}
    assert Settings.read(typed) == Settings.read(text) != Settings()


@pytest.mark.parametrize(
    "issuer", ["https://issuer.example", "https://issuer.example/", "https://a.example/b/"]
)
def test_an_issuer_is_taken_as_it_stands_in_its_tokens_with_a_slash_at_the_end_or_without(issuer: str):
    assert Settings.read({"oidcIssuer": issuer, "oidcAudience": "page"}).oidc_issuer == issuer


def test_context_of_cdk_itself_is_left_alone():
    assert Settings.read({"aws:cdk:bundling-stacks": ["**"], "@aws-cdk/core:x": True}) == Settings()


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"imageModl": "compositor"}, "context 'imageModl' is not known; there are: alarmEmail, "),
        ({"imageModel": "dall-e"}, "context 'imageModel': Input should be 'compositor', 'bedrock-inpaint'"),
        ({"bedrockRegion": "eu-west-1"}, "context 'bedrockRegion': Input should be 'us-east-1'"),
        ({"workerSeconds": "901"}, "context 'workerSeconds': Input should be less than or equal to 900"),
        ({"workerSeconds": "long"}, "context 'workerSeconds': Input should be a valid integer"),
        ({"workerConcurrency": "1"}, "context 'workerConcurrency': Input should be greater than or equal to 2"),
        ({"snapStart": "perhaps"}, "context 'snapStart': Input should be a valid boolean"),
        ({"logRetentionDays": "8"}, "context 'logRetentionDays': Input should be 1, 3, 5"),
        ({"allowedOrigins": "https://a.example,*"}, "context 'allowedOrigins.1': String should match"),
        ({"allowedOrigins": "https://a.example/"}, "context 'allowedOrigins.0': String should match"),
        ({"allowedOrigins": "http://a.example"}, "context 'allowedOrigins.0': String should match"),
        ({"oidcIssuer": "http://a.example"}, "context 'oidcIssuer': String should match"),
        ({"oidcIssuer": "https://a.example"}, "oidcIssuer and oidcAudience go together"),
        ({"oidcAudience": "page"}, "oidcIssuer and oidcAudience go together"),
        ({"alarmEmail": "somebody"}, "context 'alarmEmail': String should match"),
        ({"monthlyBudget": "-1"}, "context 'monthlyBudget': Input should be greater than or equal to 0"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(context: dict[str, str], said: str):
    with pytest.raises(SettingsError, match=r".") as raised:
        Settings.read(context)
    assert said in str(raised.value)


def test_all_wrong_settings_are_named_at_once():
    with pytest.raises(SettingsError, match=r"'imageModel'.*; .*'workerSeconds'"):
        Settings.read({"imageModel": "x", "workerSeconds": "1"})
