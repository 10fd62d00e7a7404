using System.Text.Json;
using TspActors.Protocol;

namespace TspActors.Peer.Diagnosis;

/// <summary>
/// Writes findings as a JSON array of objects. Other programs rely on the field names. In a warning, "ok" is true, and the detail or the
/// advice explains the warning.
/// </summary>
internal static class FindingJson
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the findings.</summary>
    public static async Task WriteAsync(Stream output, IReadOnlyCollection<Finding> findings)
    {
        var json = new Utf8JsonWriter(output, Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartArray();
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("check", finding.Check);
                json.WriteBoolean("ok", finding.State != FindingState.Problem);
                json.WriteString("detail", VisibleText.Clean(finding.Detail));
                json.WriteString("advice", VisibleText.Clean(finding.Advice));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        await output.FlushAsync().ConfigureAwait(false);
    }
}
