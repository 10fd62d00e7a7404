using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using FsCheck.Xunit;
using TspActors.Gateway.Subsonic;

namespace TspActors.Gateway.Tests.Subsonic;

public sealed class ResponseWriterSpecs
{
    [Property(MaxTest = 300)]
    public void Any_text_gives_a_document_that_can_be_read(string? text)
    {
        var envelope = ResponseWriter.Envelope(
            new Element("playlist").Set("name", text).AddList("entry", [new Element("entry").Set("title", text)]), null, "1.0.0");

        Assert.Equal("ok", XDocument.Parse(Encoding.UTF8.GetString(ResponseWriter.ToXml(envelope, isLegacy: false))).Root!.Attribute("status")!.Value);
        using var json = JsonDocument.Parse(ResponseWriter.ToJson(envelope));
        Assert.Equal(1, json.RootElement.GetProperty("subsonic-response").GetProperty("playlist").GetProperty("entry").GetArrayLength());
    }

    [Fact]
    public void A_legacy_client_sees_only_classic_attributes_and_json_always_has_its_lists()
    {
        var payload = new Element("album").Set("id", "al-1").Set("sortName", "x", FieldKind.Open).AddList("genres", [], FieldKind.JsonOnly)
            .AddList("song", []);
        var envelope = ResponseWriter.Envelope(payload, null, "1.0.0");

        var xml = XDocument.Parse(Encoding.UTF8.GetString(ResponseWriter.ToXml(envelope, isLegacy: true))).Root!;
        Assert.Equal(["status", "version", "xmlns"], xml.Attributes().Select(attribute => attribute.Name.LocalName).Order());
        Assert.Equal(["id"], xml.Elements().Single().Attributes().Select(attribute => attribute.Name.LocalName));
        Assert.Empty(xml.Elements().Single().Elements());

        using var json = JsonDocument.Parse(ResponseWriter.ToJson(envelope));
        var album = json.RootElement.GetProperty("subsonic-response").GetProperty("album");
        Assert.Equal((0, 0), (album.GetProperty("song").GetArrayLength(), album.GetProperty("genres").GetArrayLength()));
        Assert.Equal("x", album.GetProperty("sortName").GetString());
    }

    [Fact]
    public void Times_have_exactly_three_fractional_digits_and_errors_have_the_whole_envelope()
    {
        var element = new Element("song").Set("created", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
        using var json = JsonDocument.Parse(ResponseWriter.ToJson(ResponseWriter.Envelope(element, null, "1.0.0")));
        Assert.Equal("2026-01-02T03:04:05.000Z", json.RootElement.GetProperty("subsonic-response").GetProperty("song").GetProperty("created").GetString());

        using var failed = JsonDocument.Parse(ResponseWriter.ToJson(ResponseWriter.Envelope(null, new SubsonicError(70, "gone"), "1.0.0")));
        var answer = failed.RootElement.GetProperty("subsonic-response");
        Assert.Equal(("failed", "tspactors", 70), (answer.GetProperty("status").GetString(), answer.GetProperty("type").GetString(),
            answer.GetProperty("error").GetProperty("code").GetInt32()));
    }
}
