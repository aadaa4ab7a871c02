package portrait.doors.rest;

import static portrait.doors.http.Access.needs;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import portrait.doors.http.Answer;
import portrait.doors.http.Door;
import portrait.doors.http.Request;
import portrait.doors.http.Routes;
import portrait.foundation.model.Problem;
import portrait.foundation.model.ProblemException;
import portrait.foundation.security.Permission;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Where assistants ask, in the Model Context Protocol over HTTP. The official SDK knows the protocol; its transport is
/// this route, so a call passes the same gate as every other: key, scopes, limits, request id.
///
/// It keeps no sessions: every call stands for itself, on any node.
final class AssistantRoutes implements Door {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Problem UNREADABLE = Problem.of(Problem.Code.INVALID_BODY, "the body is no JSON-RPC message",
      "Send one request or notification of the Model Context Protocol.");
  private static final String INSTRUCTIONS = """
      Portrait is a customer data platform. Find a customer first when all you have is a name, then ask with an identity: \
      namespace customer and the customerId, or a namespace such as email or user_id and its value. Everything here is \
      read-only, about real people: show no more of it than was asked for.""";

  private final McpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
  private final Transport transport = new Transport();

  AssistantRoutes(AssistantTools tools) {
    McpServer.sync(transport).serverInfo("portrait", "1").instructions(INSTRUCTIONS).jsonMapper(json)
        .jsonSchemaValidator(new DefaultJsonSchemaValidator())
        .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
        // On the thread of the request, where the caller is bound.
        .immediateExecution(true).requestTimeout(PATIENCE).tools(tools.all(json)).build();
  }

  @Override
  public void routes(Routes routes) {
    routes.post("/mcp", needs(Permission.LOOK_UP).withPatience(), this::answer);
    // There is nothing that it tells unasked; clients try, and go on with what this says.
    routes.get("/mcp", needs(Permission.LOOK_UP), _ -> Answer.empty().withStatus(405).withHeader("Allow", "POST"));
  }

  private Answer answer(Request request) throws IOException {
    var handler = Objects.requireNonNull(transport.handler);
    return switch (message(request.bodyText(Rest.BODY_BYTES_MAX))) {
      case McpSchema.JSONRPCRequest asked -> Answer.bytes("application/json", json.writeValueAsBytes(
          handler.handleRequest(McpTransportContext.EMPTY, asked)
              .onErrorResume(McpError.class, unknown -> Mono.just(new McpSchema.JSONRPCResponse(
                  McpSchema.JSONRPC_VERSION, asked.id(), null, unknown.getJsonRpcError())))
              .block(PATIENCE)));
      case McpSchema.JSONRPCNotification told -> {
        handler.handleNotification(McpTransportContext.EMPTY, told).block(PATIENCE);
        yield Answer.empty().withStatus(202);
      }
      case McpSchema.JSONRPCResponse _ -> Answer.empty().withStatus(202);
      default -> throw UNREADABLE.asException();
    };
  }

  private McpSchema.JSONRPCMessage message(String body) {
    try {
      return McpSchema.deserializeJsonRpcMessage(json, body);
    } catch (IOException | RuntimeException wrong) {
      throw new ProblemException(UNREADABLE, wrong);
    }
  }

  /// The SDK hands its handler over, and this door calls it.
  private static final class Transport implements McpStatelessServerTransport {

    private @Nullable McpStatelessServerHandler handler;

    @Override
    public void setMcpHandler(McpStatelessServerHandler handler) {
      this.handler = handler;
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }
  }
}
