package portrait.foundation.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.JWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;

/// An OpenID Connect provider, spoken to with the authorization code flow and PKCE.
final class Provider {

  private static final int TIMEOUT_MILLIS = 10_000;
  /** Those that a public key checks; with the others whoever knows the client's secret could sign. */
  private static final List<JWSAlgorithm> ALGORITHMS = List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384,
      JWSAlgorithm.RS512, JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512, JWSAlgorithm.ES256,
      JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  private final SignOnSettings settings;
  private final AtomicReference<@Nullable OIDCProviderMetadata> metadata = new AtomicReference<>();

  Provider(SignOnSettings settings) {
    this.settings = settings;
  }

  SignOnSettings settings() {
    return settings;
  }

  /// Who somebody is, as the provider says and signs.
  ///
  /// @param email only when the provider has verified it
  record Vouched(String issuer, String subject, Optional<String> email) {}

  URI address(URI comeBackTo, String state, String nonce, String verifier) {
    return new AuthenticationRequest.Builder(ResponseType.CODE, new Scope("openid", "email"), client(), comeBackTo)
        .endpointURI(metadata().getAuthorizationEndpointURI()).state(new State(state)).nonce(new Nonce(nonce))
        .codeChallenge(new CodeVerifier(verifier), CodeChallengeMethod.S256).build().toURI();
  }

  Vouched exchange(String code, URI comeBackTo, String nonce, String verifier) {
    try {
      var grant = new AuthorizationCodeGrant(new AuthorizationCode(code), comeBackTo, new CodeVerifier(verifier));
      var request = tokenRequest(grant).toHTTPRequest();
      request.setConnectTimeout(TIMEOUT_MILLIS);
      request.setReadTimeout(TIMEOUT_MILLIS);
      var answer = OIDCTokenResponseParser.parse(request.send());
      if (!answer.indicatesSuccess()) {
        throw failed("it refused the sign-in: " + answer.toErrorResponse().getErrorObject().getCode(), null);
      }
      var claims = checked(((OIDCTokenResponse) answer.toSuccessResponse()).getOIDCTokens().getIDToken(), nonce);
      boolean isVerified = Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"));
      return new Vouched(claims.getIssuer().getValue(), claims.getSubject().getValue(),
          Optional.ofNullable(claims.getStringClaim("email")).filter(_ -> isVerified));
    } catch (ParseException unreadable) {
      throw failed("its answer cannot be read", unreadable);
    } catch (IOException unreachable) {
      throw failed("it cannot be reached", unreachable);
    } catch (JOSEException | BadJOSEException untrue) {
      throw failed("what it says is not signed as it should be", untrue);
    }
  }

  private TokenRequest tokenRequest(AuthorizationCodeGrant grant) {
    var endpoint = metadata().getTokenEndpointURI();
    if (settings.clientSecret().isEmpty()) {
      return new TokenRequest.Builder(endpoint, client(), grant).build();
    }
    var secret = new com.nimbusds.oauth2.sdk.auth.Secret(settings.clientSecret().get().reveal());
    var methods = metadata().getTokenEndpointAuthMethods();
    // Without word of it, Basic is what every provider takes.
    boolean isPosted = methods != null && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
    return new TokenRequest.Builder(endpoint,
        isPosted ? new ClientSecretPost(client(), secret) : new ClientSecretBasic(client(), secret), grant).build();
  }

  private IDTokenClaimsSet checked(JWT token, String nonce) throws BadJOSEException, JOSEException, IOException {
    if (!(token.getHeader().getAlgorithm() instanceof JWSAlgorithm algorithm) || !ALGORITHMS.contains(algorithm)) {
      throw failed("its token is signed with %s, which is not accepted".formatted(token.getHeader().getAlgorithm()),
          null);
    }
    return new IDTokenValidator(metadata().getIssuer(), client(), algorithm, metadata().getJWKSetURI().toURL())
        .validate(token, new Nonce(nonce));
  }

  private ClientID client() {
    return new ClientID(settings.clientId());
  }

  /// Read when it is first needed, so that a server starts while its provider does not answer.
  private OIDCProviderMetadata metadata() {
    var known = metadata.get();
    if (known != null) {
      return known;
    }
    try {
      var read = OIDCProviderMetadata.resolve(new Issuer(settings.issuer()), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
      metadata.set(read);
      return read;
    } catch (GeneralException | IOException failure) {
      throw failed("its description cannot be read", failure);
    }
  }

  private ProblemException failed(String why, @Nullable Exception cause) {
    var problem = Problem.of(Problem.Code.SERVER_UNREACHABLE,
        "the sign-in at %s failed: %s".formatted(settings.issuer().getHost(), why),
        "Try again, or sign in with a password. An administrator checks the sign_on settings.");
    return cause == null ? problem.asException() : new ProblemException(problem, cause);
  }
}
