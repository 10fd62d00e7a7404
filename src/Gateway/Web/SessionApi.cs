using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Web;

/// <summary>API calls for the session and the devices.</summary>
internal static class SessionApi
{
    public static void Map(ApiRoutes api, Gatekeeper gatekeeper, DeviceStore devices, Sessions sessions)
    {
        var urls = new PublicAddress(api.Components.Settings);
        // A browser that is not logged in gets no error status, because that would show up as an error in its console.
        api.Read("session", async call => call.Caller.DeviceId.Length > 0
            ? await DescribeAsync(call).ConfigureAwait(false)
            : new JsonObject { ["loggedIn"] = false }, needsSession: false);
        api.Change("POST", "session", async call =>
        {
            var body = await ApiEndpoints.ReadAsync(call.Context).ConfigureAwait(false);
            var admission = await gatekeeper.LogInAsync(call.Context, Text(body, "key"), Text(body, "login")).ConfigureAwait(false);
            if (admission.Fault == CredentialFault.TooMany)
            {
                call.Context.Response.Headers.RetryAfter = $"{Math.Max(1, (int)admission.RetryAfter.TotalSeconds)}";
                throw new ApiException(StatusCodes.Status429TooManyRequests, "too many wrong keys; try again later");
            }

            var caller = admission.Caller ?? throw new ApiException(
                StatusCodes.Status401Unauthorized, Text(body, "login") is null ? "the key is wrong" : "the link has been used, or is too old");
            return await DescribeAsync(call with { Caller = caller }).ConfigureAwait(false);
        }, needsSession: false);
        api.Change("DELETE", "session", call =>
        {
            gatekeeper.LogOut(call.Context);
            return Task.FromResult<JsonNode?>(null);
        });
        api.Read("devices", _ => new JsonObject { ["items"] = ApiJson.List(devices.Devices, Describe) });
        api.Change("POST", "devices", async call =>
        {
            var body = await ApiEndpoints.ReadAsync(call.Context).ConfigureAwait(false);
            var device = devices.Add(Text(body, "name") ?? "");
            var json = Describe(device);
            json["key"] = device.Key;
            json["user"] = call.Components.Settings.User;
            json["url"] = urls.Of(call.Context);
            json["qr"] = QrCode.ToSvg($"{urls.Of(call.Context)}/#key={device.Key}");
            return json;
        });
        api.Change("DELETE", "devices/{id}", call =>
        {
            var device = devices.Devices.FirstOrDefault(known => known.Id == call.Path("id")) ?? throw ApiCall.NotFound("device");
            devices.Remove(device.Id);
            sessions.EndAll(device.Id);
            return Task.FromResult<JsonNode?>(null);
        });
    }

    private static async Task<JsonNode> DescribeAsync(ApiCall call)
    {
        var report = await ApiJson.ReportAsync(call.Components).ConfigureAwait(false);
        return new JsonObject
        {
            ["loggedIn"] = true,
            ["device"] = call.Caller.Device,
            ["version"] = call.Components.Version,
            ["peer"] = report.Name,
            ["auth"] = call.Components.Settings.RequiresKeys ? "keys" : "none",
            ["user"] = call.Components.Settings.User,
            ["publicUrl"] = new PublicAddress(call.Components.Settings).Of(call.Context),
        };
    }

    private static JsonObject Describe(Device device)
    {
        var json = new JsonObject { ["id"] = device.Id, ["name"] = device.Name, ["created"] = ApiJson.Time(device.Created) };
        if (device.LastUsed is { } used)
            json["lastUsed"] = ApiJson.Time(used);
        if (device.LastClient.Length > 0)
            json["lastClient"] = device.LastClient;
        return json;
    }

    private static string? Text(JsonObject body, string key) =>
        body[key] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and <= 1_000 ? text : null;
}
