using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Web;

/// <summary>The web page's API, under /api. It accepts only the page's cookie, and carries out changes only for requests from the page
/// itself.</summary>
internal static class ApiEndpoints
{
    private const int MaxBody = 4 << 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Adds the endpoints.</summary>
    public static void Map(
        IEndpointRouteBuilder routes, GatewayComponents components, Gatekeeper gatekeeper, DeviceStore devices, Sessions sessions,
        EventStreams events)
    {
        var api = new ApiRoutes(routes, components, gatekeeper);
        SessionApi.Map(api, gatekeeper, devices, sessions);
        BrowseApi.Map(api);
        UserApi.Map(api);
        PeerApi.Map(api, events);
        SharingApi.Map(api);
        routes.MapMethods("/api/{**rest}", ["GET", "POST", "PUT", "DELETE"], (HttpContext context) =>
            WriteAsync(context, StatusCodes.Status404NotFound, Error("there is no such call")));
    }

    /// <summary>Returns an error as JSON.</summary>
    public static JsonObject Error(string text) => new() { ["error"] = text };

    /// <summary>Writes JSON, compressed if the client accepts that.</summary>
    public static Task WriteAsync(HttpContext context, int status, JsonNode json)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return PackedBody.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(json, JsonText.Options), "application/json; charset=utf-8");
    }

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="ApiException">The body is not a JSON object.</exception>
    /// <exception cref="BadHttpRequestException">The body is too large.</exception>
    public static async Task<JsonObject> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBody;
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, documentOptions: Strict, cancellationToken: context.RequestAborted)
                .ConfigureAwait(false) as JsonObject ?? throw new ApiException(StatusCodes.Status400BadRequest, "the body is not a JSON object");
            ReadTexts(body);
            return body;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "the body is not JSON");
        }
    }

    // The parser leaves names and strings undecoded. Decoding fails if one contains half a surrogate pair, so all of them are decoded here,
    // before the call runs.
    private static void ReadTexts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, member) in members)
                    ReadTexts(member);
                break;
            case JsonArray items:
                foreach (var item in items)
                    ReadTexts(item);
                break;
            case JsonValue value:
                _ = value.TryGetValue<string>(out _);
                break;
        }
    }
}

/// <summary>Thrown to end a call with an error.</summary>
internal sealed class ApiException(int status, string text) : Exception(text)
{
    public int Status { get; } = status;
}

/// <summary>Adds calls to the API, each with the checks that it needs.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, GatewayComponents components, IGatekeeper gatekeeper)
{
    public GatewayComponents Components { get; } = components;

    /// <summary>Adds a call that only reads.</summary>
    public void Read(string path, Func<ApiCall, Task<JsonNode>> answer, bool needsSession = true) =>
        routes.MapMethods($"/api/{path}", ["GET"], (HttpContext context) => RunAsync(context, changes: false, needsSession, answer));

    /// <summary>Adds a call that only reads, with a response that is available immediately.</summary>
    public void Read(string path, Func<ApiCall, JsonNode> answer) => Read(path, call => Task.FromResult(answer(call)));

    /// <summary>Adds a call that changes something. If its result is null, the response has no body.</summary>
    public void Change(string method, string path, Func<ApiCall, Task<JsonNode?>> answer, bool needsSession = true) =>
        routes.MapMethods($"/api/{path}", [method], (HttpContext context) => RunAsync(context, changes: true, needsSession, answer));

    /// <summary>Adds a call that writes its own response.</summary>
    public void Stream(string path, Func<ApiCall, Task> answer) =>
        routes.MapMethods($"/api/{path}", ["GET"], (HttpContext context) => RunAsync(context, changes: false, needsSession: true, async call =>
        {
            await answer(call).ConfigureAwait(false);
            return (JsonNode?)null;
        }));

    private async Task RunAsync<T>(HttpContext context, bool changes, bool needsSession, Func<ApiCall, Task<T>> answer)
        where T : JsonNode?
    {
        try
        {
            if (changes && Refusal(context) is { } refusal)
                throw new ApiException(StatusCodes.Status403Forbidden, refusal);
            var caller = gatekeeper.CheckSession(context).Caller;
            if (needsSession && caller is null)
                throw new ApiException(StatusCodes.Status401Unauthorized, "log in first");
            var json = await answer(new ApiCall(context, Components, caller ?? new Caller("", ""))).ConfigureAwait(false);
            if (context.Response.HasStarted)
                return;
            if (json is null)
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            else
                await ApiEndpoints.WriteAsync(context, StatusCodes.Status200OK, json).ConfigureAwait(false);
        }
        catch (ApiException error)
        {
            await ApiEndpoints.WriteAsync(context, error.Status, ApiEndpoints.Error(error.Message)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            await ApiEndpoints.WriteAsync(context, error.StatusCode, ApiEndpoints.Error("the body is too large")).ConfigureAwait(false);
        }
        catch (Exception error) when (error is UserDataFullException or DeviceException && !context.Response.HasStarted)
        {
            await ApiEndpoints.WriteAsync(context, StatusCodes.Status409Conflict, ApiEndpoints.Error(error.Message)).ConfigureAwait(false);
        }
        catch (AskTimeoutException) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "5";
            await ApiEndpoints.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, ApiEndpoints.Error("the peer did not reply in time")).ConfigureAwait(false);
        }
        catch (IOException error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await ApiEndpoints.WriteAsync(context, StatusCodes.Status507InsufficientStorage, ApiEndpoints.Error(error.Message))
                .ConfigureAwait(false);
        }
    }

    // A page on another site can make a user's browser send simple requests, but not requests that pass these checks.
    private string? Refusal(HttpContext context)
    {
        if (context.Request.Headers["X-Tsp"] != "1")
            return "the X-Tsp: 1 header is missing";
        // A chunked body, whose length is unknown, counts as a body too.
        if (context.Request.ContentLength != 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
            && context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            return "the content type must be application/json";
        return gatekeeper.CheckSameSite(context);
    }
}

/// <summary>An API call.</summary>
internal sealed record ApiCall(HttpContext Context, GatewayComponents Components, Caller Caller)
{
    private const int MaxPage = 500;

    /// <summary>Returns a path parameter.</summary>
    public string Path(string name) => Context.Request.RouteValues[name] as string ?? "";

    /// <summary>Returns a query parameter; empty = it is missing.</summary>
    public string Query(string name) => Context.Request.Query[name].ToString();

    /// <summary>Returns a number from the query.</summary>
    public int Number(string name, int otherwise, int most = int.MaxValue) =>
        int.TryParse(Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, most) : otherwise;

    /// <summary>The position of the page.</summary>
    public int Offset => Number("offset", 0);

    /// <summary>The size of the page.</summary>
    public int Count => Number("count", 100, MaxPage);

    /// <summary>The id under which the event streams of the caller's browser are counted.</summary>
    public string Session => Caller.Session.Length > 0 ? Caller.Session : Caller.DeviceId;

    /// <summary>Returns the caller's walk through a list.</summary>
    public Library.Walk Walk(string list) => new($"page {Caller.DeviceId}", list);

    /// <summary>Returns the error for something that does not exist.</summary>
    public static ApiException NotFound(string what) => new(StatusCodes.Status404NotFound, $"there is no {what} with this id");
}
