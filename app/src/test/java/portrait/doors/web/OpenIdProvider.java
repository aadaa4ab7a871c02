package portrait.doors.web;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// A provider of OpenID Connect over HTTP: its description, its keys, and tokens for codes, with every check that a real
/// one makes (client, redirection, PKCE, each code once).
final class OpenIdProvider implements AutoCloseable {

  /// What it can do wrong.
  enum Fault {
    FOREIGN_KEY, OTHER_NONCE, OTHER_AUDIENCE, OTHER_ISSUER, EXPIRED, UNREADABLE, REFUSES
  }

  private record Asked(String redirect, String nonce, String challenge) {}

  private final String clientId;
  private final String clientSecret;
  private final RSAKey key = key("one");
  private final RSAKey foreign = key("one");
  private final HttpServer server;
  private final Map<String, Asked> codes = new ConcurrentHashMap<>();
  private String subject = "";
  private Map<String, Object> claims = Map.of();
  private Optional<Fault> fault = Optional.empty();

  OpenIdProvider(String clientId, String clientSecret) {
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, 200, """
        {"issuer": "%1$s", "authorization_endpoint": "%1$s/authorize", "token_endpoint": "%1$s/token",
         "jwks_uri": "%1$s/keys", "response_types_supported": ["code"], "subject_types_supported": ["public"],
         "id_token_signing_alg_values_supported": ["RS256"]}""".formatted(issuer())));
    server.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
    server.createContext("/token", this::token);
    server.start();
  }

  private static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException failure) {
      throw new IllegalStateException(failure);
    }
  }

  URI issuer() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Who signs in next.
  void signsIn(String who, Map<String, Object> about) {
    subject = who;
    claims = about;
  }

  void fails(Fault how) {
    fault = Optional.of(how);
  }

  /// What the browser would be shown: the person says yes, and is sent back.
  ///
  /// @return where to, on the server that asked
  String authorize(URI address) {
    var asked = parameters(address.getRawQuery());
    if (!asked.get("client_id").equals(clientId) || !asked.get("response_type").equals("code")
        || !asked.get("code_challenge_method").equals("S256") || !asked.get("scope").contains("openid")) {
      throw new AssertionError("it was asked wrongly: " + asked);
    }
    String code = UUID.randomUUID().toString();
    codes.put(code, new Asked(asked.get("redirect_uri"), asked.get("nonce"), asked.get("code_challenge")));
    return "%s?code=%s&state=%s".formatted(URI.create(asked.get("redirect_uri")).getPath(), code, asked.get("state"));
  }

  private void token(HttpExchange exchange) throws IOException {
    var sent = parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    var asked = codes.remove(sent.getOrDefault("code", ""));
    String basic = "Basic " + Base64.getEncoder()
        .encodeToString((clientId + ":" + clientSecret.replace(' ', '+')).getBytes(StandardCharsets.UTF_8));
    if (fault.equals(Optional.of(Fault.REFUSES)) || asked == null || !asked.redirect().equals(sent.get("redirect_uri"))
        || !basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
        || !asked.challenge().equals(challenge(sent.getOrDefault("code_verifier", "")))) {
      answer(exchange, 400, "{\"error\": \"invalid_grant\"}");
    } else {
      answer(exchange, 200, fault.equals(Optional.of(Fault.UNREADABLE)) ? "<html>" : """
          {"access_token": "a", "token_type": "Bearer", "id_token": "%s"}""".formatted(idToken(asked)));
    }
  }

  private String idToken(Asked asked) {
    var now = Instant.now();
    var builder = new JWTClaimsSet.Builder().subject(subject)
        .issuer(fault.equals(Optional.of(Fault.OTHER_ISSUER)) ? "http://elsewhere.example" : issuer().toString())
        .audience(fault.equals(Optional.of(Fault.OTHER_AUDIENCE)) ? "somebody" : clientId)
        .claim("nonce", fault.equals(Optional.of(Fault.OTHER_NONCE)) ? "other" : asked.nonce())
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(fault.equals(Optional.of(Fault.EXPIRED)) ? -3_600 : 300)));
    claims.forEach(builder::claim);
    var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(), builder.build());
    try {
      token.sign(new RSASSASigner(fault.equals(Optional.of(Fault.FOREIGN_KEY)) ? foreign : key));
    } catch (JOSEException failure) {
      throw new IllegalStateException(failure);
    }
    return token.serialize();
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Map<String, String> parameters(String query) {
    var found = new TreeMap<String, String>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      found.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return found;
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
