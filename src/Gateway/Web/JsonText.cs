using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace TspActors.Gateway.Web;

/// <summary>The format of the JSON for the web page.</summary>
internal static class JsonText
{
    /// <summary>Writes the letters of all scripts unescaped, but escapes characters that could end a script or an element.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
}
