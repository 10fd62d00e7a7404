using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace TspActors.Gateway.Web;

/// <summary>The format of the JSON for the web page.</summary>
internal static class JsonText
{
    /// <summary>Leaves letters of all languages unescaped, but escapes characters that could end an HTML script or element.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
}
