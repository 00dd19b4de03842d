"""What functions may do: their policies are the table of grants, no more and no less."""

from fnmatch import fnmatchcase

import pytest

from infra import grants
from infra.functions import FUNCTIONS
from infra.grants import GRANTS
from scene_studio.store import keys
from tests.infra.stack.synthesis import Assembly, listed

pytestmark = pytest.mark.xdist_group("stack")

EVERY_KEY = {
    keys.client("c"): grants.CLIENT,
    keys.studio("c", "s"): grants.STUDIO,
    keys.history_page("c", "s", "l", "0" * 64): grants.PAGES,
    keys.revision("c", "s", "l", "i"): grants.REVISIONS,
    keys.revision_thumbnail("c", "s", "l", "i"): grants.REVISIONS,
    keys.user_scene("c", "s", "x"): grants.SCENES,
    keys.user_scene_thumbnail("c", "s", "x"): grants.SCENES,
    keys.product_image("c", "p", "i"): grants.PRODUCTS,
    keys.product_thumbnail("c", "p", "i"): grants.PRODUCTS,
    keys.product_cutout("c", "p", "i"): grants.PRODUCTS,
    keys.share("h", "0" * 64): grants.SHARES,
    keys.upload(keys.UploadPlace("c", "s", "scene", "x", "u")): grants.UPLOADS,
    keys.result("c", "s", "i", "u"): grants.INBOX,
    keys.claim("c", "s", "i"): grants.CLAIMS,
    keys.reminder("c", "s", 1, "u"): grants.REMINDERS,
    keys.purge_round(): grants.ROUND,
}
KEY_PATTERNS = {grant.on for table in GRANTS.values() for grant in table if "/" in grant.on}


def allowed(stack: Assembly, function: str) -> set[tuple[str, str]]:
    """What the role of a function allows, by action and resource."""
    (role,) = [
        role
        for role in stack.properties("AWS::IAM::Role")
        if role["Description"] == f"Scene Studio: {function}"
    ]
    assert "ManagedPolicyArns" not in role
    statements = [
        statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    return {
        (action, resource)
        for statement in statements
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def expected(stack: Assembly, function: str) -> set[tuple[str, str]]:
    (bucket,) = stack.resources("AWS::S3::Bucket")
    queues = {
        name: resource
        for name, resource in stack.resources("AWS::SQS::Queue").items()
        if "DeadLetters" not in name
    }
    (generation,) = [name for name in queues if name.startswith("Generation")]
    (uploads,) = [name for name in queues if name.startswith("Uploads")]
    (log,) = [
        name
        for name in stack.resources("AWS::Logs::LogGroup")
        if name.startswith("".join(part.title() for part in function.split("_")))
    ]
    (inline,) = [name for name in stack.resources("AWS::Lambda::Function") if name.startswith("InlinePictures")]
    places = {
        grants.INLINE_PICTURES: [f"${{{inline}.Arn}}"],
        grants.BUCKET: [f"${{{bucket}.Arn}}"],
        grants.GENERATION_QUEUE: [f"${{{generation}.Arn}}"],
        grants.UPLOAD_QUEUE: [f"${{{uploads}.Arn}}"],
        grants.IMAGE_MODELS: [],
    }
    granted = {
        (action, place)
        for grant in GRANTS[function]
        for action in grant.actions
        for place in places.get(grant.on, [f"${{{bucket}.Arn}}/{grant.on}"])
    }
    return granted | {("logs:CreateLogStream", f"${{{log}.Arn}}"), ("logs:PutLogEvents", f"${{{log}.Arn}}")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_policy_is_its_grants_and_its_own_log(stack: Assembly, function: str):
    assert allowed(stack, function) == expected(stack, function)


def test_there_are_no_policies_beside_the_roles_and_no_roles_beside_the_functions(stack: Assembly):
    assert not list(stack.properties("AWS::IAM::Policy"))
    assert not list(stack.properties("AWS::IAM::ManagedPolicy"))
    assert len(stack.resources("AWS::IAM::Role")) == len(FUNCTIONS)


def test_the_table_knows_every_function_and_every_function_acts_as_its_own_role(stack: Assembly):
    assert GRANTS.keys() == FUNCTIONS.keys()
    roles = [function["Role"] for function in stack.properties("AWS::Lambda::Function")]
    assert len(set(roles)) == len(FUNCTIONS)


def test_every_kind_of_key_is_tried_here():
    assert set(EVERY_KEY.values()) == KEY_PATTERNS


@pytest.mark.parametrize(("key", "pattern"), EVERY_KEY.items())
def test_a_key_is_of_one_kind_alone(key: str, pattern: str):
    assert [one for one in sorted(KEY_PATTERNS) if fnmatchcase(key, one)] == [pattern]


@pytest.mark.parametrize("pattern", sorted(KEY_PATTERNS))
def test_a_kind_of_keys_is_told_by_whole_parts(pattern: str):
    assert [part for part in pattern.split("/") if "*" in part and part != "*"] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_reads_hears_that_a_key_does_not_exist(function: str):
    by_place = {grant.on: grant.actions for grant in GRANTS[function]}
    reads = any(grants.GET in actions for actions in by_place.values())
    assert (grants.LIST in by_place.get(grants.BUCKET, ())) == reads


@pytest.mark.parametrize("function", FUNCTIONS)
def test_whoever_replaces_a_document_may_read_it(function: str):
    replaced = {grants.CLIENT, grants.STUDIO, grants.CLAIMS}
    writers = [grant for grant in GRANTS[function] if grant.on in replaced and grants.PUT in grant.actions]
    assert [grant.on for grant in writers if grants.GET not in grant.actions] == []


def test_no_function_but_the_janitor_may_delete_what_people_made():
    deleted = {
        grant.on
        for function, table in GRANTS.items()
        for grant in table
        if function != "janitor" and grants.DELETE in grant.actions
    }
    assert deleted == {grants.INBOX, grants.UPLOADS}


def test_the_janitor_alone_deletes_for_good_and_nothing_that_is_the_clients_own():
    purged = {
        (function, grant.on)
        for function, table in GRANTS.items()
        for grant in table
        if grants.DELETE_VERSION in grant.actions
    }
    beside = {grants.CLIENT, grants.PRODUCTS, grants.REMINDERS, grants.ROUND}
    assert purged == {("janitor", kind) for kind in KEY_PATTERNS - beside}
    deletes = {grant.on for grant in GRANTS["janitor"] if grants.DELETE in grant.actions}
    assert deletes == KEY_PATTERNS - beside | {grants.REMINDERS}


def test_the_page_touches_no_data():
    assert GRANTS["web"] == ()


def test_only_the_worker_asks_image_models_and_only_those_of_its_deployment(told_everything: Assembly):
    asked = {
        function: {
            place for action, place in allowed(told_everything, function) if action == "bedrock:InvokeModel"
        }
        for function in FUNCTIONS
    }
    models = asked.pop("generation_worker")
    assert not any(asked.values())
    assert (
        "arn:${AWS::Partition}:bedrock:us-west-2::foundation-model/stability.stable-image-core-v1:1" in models
    )
    profile = "us.stability.stable-image-inpaint-v1:0"
    inpaint = {place for place in models if "inpaint" in place}
    assert inpaint == {
        f"arn:${{AWS::Partition}}:bedrock:us-east-1:${{AWS::AccountId}}:inference-profile/{profile}",
        *(
            f"arn:${{AWS::Partition}}:bedrock:{region}::foundation-model/{profile.removeprefix('us.')}"
            for region in ("us-east-1", "us-east-2", "us-west-2")
        ),
    }
    assert not any("ultra" in place or "*" in place for place in models)
