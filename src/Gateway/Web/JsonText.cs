using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace TspActors.Gateway.Web;

/// <summary>How the web page's JSON is written.</summary>
internal static class JsonText
{
    /// <summary>Letters of all scripts as they are; what could end a script or an element is escaped.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
}
