using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Subsonic;

/// <summary>Wraps JSON in a function call (JSONP).</summary>
internal static partial class JsonPadding
{
    /// <summary>Wraps a response in a call.</summary>
    /// <param name="callback">The name of the function.</param>
    /// <param name="json">The response.</param>
    /// <param name="response">The HTTP response. Its content type is set.</param>
    /// <param name="version">The program's version.</param>
    /// <returns>The call; an error as JSON if the name is missing or invalid.</returns>
    public static byte[] Wrap(string? callback, byte[] json, HttpResponse response, string version)
    {
        if (callback is null || !Name().IsMatch(callback))
            return ResponseWriter.ToJson(ResponseWriter.Envelope(null, new SubsonicError(SubsonicError.MissingParameter, "the callback parameter is missing or not a name"), version));
        response.ContentType = "text/javascript; charset=utf-8";
        return [.. Encoding.ASCII.GetBytes(callback + "("), .. json, .. ");"u8];
    }

    [GeneratedRegex(@"^[A-Za-z_$][A-Za-z0-9_$.]{0,127}\z")]
    private static partial Regex Name();
}
