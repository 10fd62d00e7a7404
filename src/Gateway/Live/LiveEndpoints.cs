using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Live;

/// <summary>The endpoints that serve live feeds to players, at plain paths.</summary>
internal static class LiveEndpoints
{
    private const string Path = "/live/{id}.mp3";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, GatewayComponents components, LiveResponder responder)
    {
        routes.MapMethods(
            Path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context => AnswerAsync(context, components, responder)));
        routes.MapMethods(Path, [HttpMethods.Options], (RequestDelegate)MediaEndpoints.AnswerPreflight);
    }

    private static async Task AnswerAsync(HttpContext context, GatewayComponents components, LiveResponder responder)
    {
        MediaEndpoints.AllowOtherSites(context);
        if (await MediaAdmission.CheckAsync(context, components.Gatekeeper).ConfigureAwait(false) is not { } caller)
            return;
        if (components.Feeds.Find(context.Request.RouteValues["id"]?.ToString() ?? "") is not { } feed)
        {
            await MediaAdmission.WriteAsync(context, StatusCodes.Status404NotFound, "there is no such live feed").ConfigureAwait(false);
            return;
        }

        var home = new PublicAddress(components.Settings).Of(context) + "/";
        if (await responder.RespondAsync(context, feed, caller, home).ConfigureAwait(false) is { } fault)
            await MediaAdmission.WriteFaultAsync(context, fault).ConfigureAwait(false);
    }
}
