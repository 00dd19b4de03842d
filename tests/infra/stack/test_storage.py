"""The bucket: what its policy holds, what it keeps, whom it tells."""

from typing import Any

import pytest

from tests.infra.stack.synthesis import Assembly

pytestmark = pytest.mark.xdist_group("stack")


def bucket_of(stack: Assembly) -> tuple[str, dict[str, Any]]:
    ((name, resource),) = stack.resources("AWS::S3::Bucket").items()
    return name, resource


def test_the_bucket_policy_is_this(stack: Assembly):
    name, _ = bucket_of(stack)
    (janitor,) = [role for role in stack.resources("AWS::IAM::Role") if role.startswith("Janitor")]
    openers = [
        f"${{{role}.Arn}}"
        for opener in ("InlinePictures", "UploadIngestion", "GenerationWorker")
        for role in stack.resources("AWS::IAM::Role")
        if role.startswith(opener)
    ]
    documents = [f"${{{name}.Arn}}/*/config.json", f"${{{name}.Arn}}/*/client.json"]
    studios = f"${{{name}.Arn}}/clients/*/scene-studios/*"
    pictures = [
        f"${{{name}.Arn}}/clients/*/products/*",
        f"{studios}/slots/*/revisions/*",
        f"{studios}/user-scenes/*",
    ]
    (policy,) = stack.properties("AWS::S3::BucketPolicy")
    assert policy == {
        "Bucket": f"${{{name}}}",
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:*",
                    "Resource": [f"${{{name}.Arn}}", f"${{{name}.Arn}}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "ConditionalWritesOfDocuments",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:PutObject",
                    "Resource": documents,
                    "Condition": {"Null": {"s3:if-match": "true", "s3:if-none-match": "true"}},
                },
                {
                    "Sid": "ConditionalWritesNoDeletes",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                    "Resource": documents,
                    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"${{{janitor}.Arn}}"}},
                },
                {
                    "Sid": "ConditionalWritesOfPictures",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:PutObject",
                    "Resource": pictures,
                    "Condition": {
                        "ArnEquals": {"aws:PrincipalArn": openers},
                        "Null": {"s3:if-none-match": "true"},
                    },
                },
            ],
        },
    }


def test_the_bucket_is_private_versioned_encrypted_and_outlives_the_stack(stack: Assembly):
    _, resource = bucket_of(stack)
    properties = resource["Properties"]
    assert properties["PublicAccessBlockConfiguration"] == dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
    )
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    encryption = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_what_is_kept_is_this(stack: Assembly):
    _, resource = bucket_of(stack)
    rules = {rule.pop("Id"): rule for rule in resource["Properties"]["LifecycleConfiguration"]["Rules"]}
    assert {rule.pop("Status") for rule in rules.values()} == {"Enabled"}
    markers = {"ExpiredObjectDeleteMarker": True}
    gone_in_a_day = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    assert rules == {
        "versions": {
            "Prefix": "clients/",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 100},
            **markers,
        },
        "inbox": {"Prefix": "inbox/", **gone_in_a_day, **markers},
        "reminders": {"Prefix": "reminders/", **gone_in_a_day, **markers},
        "janitor": {"Prefix": "janitor/", **gone_in_a_day, **markers},
        "claims": {"Prefix": "claims/", "ExpirationInDays": 7, **gone_in_a_day},
        "claims-markers": {"Prefix": "claims/", **markers},
        "uploads": {"Prefix": "uploads/", "ExpirationInDays": 1, **gone_in_a_day},
        "uploads-markers": {"Prefix": "uploads/", **markers},
        "multipart": {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
    }


def test_pages_of_the_service_and_of_listed_origins_may_upload_and_read_what_was_signed(
    told_everything: Assembly,
):
    _, resource = bucket_of(told_everything)
    (api,) = told_everything.resources("AWS::ApiGatewayV2::Api")
    (rule,) = resource["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == [f"${{{api}.ApiEndpoint}}", "https://studio.example"]
    assert rule["AllowedMethods"] == ["GET", "HEAD", "POST"]


def test_only_uploads_are_told_of_and_the_queue_takes_them_before_the_bucket_is_there(stack: Assembly):
    _, resource = bucket_of(stack)
    (uploads,) = [name for name in stack.resources("AWS::SQS::Queue") if name.startswith("UploadsQueue")]
    assert resource["Properties"]["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Queue": f"${{{uploads}.Arn}}",
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}]}},
            }
        ]
    }
    policies = {
        name: policy["Properties"]
        for name, policy in stack.resources("AWS::SQS::QueuePolicy").items()
        if policy["Properties"]["Queues"] == [f"${{{uploads}}}"]
    }
    ((policy_name, policy),) = policies.items()
    assert policy_name in resource["DependsOn"]
    events = next(one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "EventsOfS3")
    assert events == {
        "Sid": "EventsOfS3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"${{{uploads}.Arn}}",
        "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
    }


def test_nothing_is_sent_to_the_bucket_the_queues_or_the_topic_but_over_tls(stack: Assembly):
    kinds = {
        "AWS::S3::BucketPolicy": 1,
        "AWS::SQS::QueuePolicy": len(stack.resources("AWS::SQS::Queue")),
        "AWS::SNS::TopicPolicy": 1,
    }
    for kind, number in kinds.items():
        policies = list(stack.properties(kind))
        assert len(policies) == number
        for policy in policies:
            (tls,) = [one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "TlsOnly"]
            assert (tls["Effect"], tls["Principal"]) == ("Deny", {"AWS": "*"})
            assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
