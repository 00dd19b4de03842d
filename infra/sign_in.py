"""Who issues the tokens: a user pool of the stack's own with a hosted sign-in, or any OIDC issuer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.settings import Settings

_SCOPES: Final = (cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens the API takes, and where the page has people sign in.

    Attributes:
        url: the issuer, as it stands in its tokens.
        audience: whom they have to be for.
        page: what the page is to the issuer; empty where nobody signs in on the page.
        scope: what the page asks for.
        origins: where the issuer answers the page, beside its own origin.
    """

    url: str
    audience: Sequence[str]
    page: str
    scope: str
    origins: Sequence[str]


class UserPool(Construct):
    """A Cognito user pool with a hosted sign-in; people come in by invitation.

    Attributes:
        pool: the pool.
        client: what the page is to the pool.
        domain: where people sign in.
    """

    def __init__(self, scope: Construct, id_: str, *, pages: Sequence[str]) -> None:
        """Make the pool.

        Args:
            scope: the parent.
            id_: its name in the parent.
            pages: the origins of the pages that people sign in from.
        """
        super().__init__(scope, id_)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.client = self.pool.add_client(
            "Page",
            generate_secret=False,
            prevent_user_existence_errors=True,
            auth_flows=cognito.AuthFlow(user_srp=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=list(_SCOPES),
                callback_urls=[f"{page}/signin" for page in pages],
                logout_urls=[f"{page}/" for page in pages],
            ),
            access_token_validity=Duration.hours(1),
            id_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
        )
        # A domain's name is taken for the whole region, so it has a part of the stack's own id in it.
        own = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
        self.domain = self.pool.add_domain(
            "Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"scene-studio-{own}")
        )

    def issuer(self) -> Issuer:
        """The pool as the issuer of tokens for the page."""
        page = self.client.user_pool_client_id
        scope = " ".join(one.scope_name for one in _SCOPES)
        return Issuer(self.pool.user_pool_provider_url, [page], page, scope, [self.domain.base_url()])


def issuer_elsewhere(settings: Settings) -> Issuer:
    """The issuer that the settings name."""
    return Issuer(
        url=settings.oidc_issuer,
        audience=settings.oidc_audience,
        page=settings.oidc_client_id,
        scope=settings.oidc_scope,
        origins=settings.oidc_origins,
    )
