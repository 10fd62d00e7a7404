using System.Text.Json;
using System.Text.Json.Nodes;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Shared;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>Checks that the schemas in docs/schemas describe what the programs really print with --json.</summary>
public sealed class SchemaSpecs
{
    [NeedsFact("lame")]
    public async Task The_schemas_describe_what_the_peer_prints()
    {
        await using var stage = new Stage();
        stage.Share(
            "alice", "a.mp3",
            [.. TagBytes.Id3v23(("TIT2", "Lights"), ("TPE1", "Alice"), ("TALB", "Night"), ("TRCK", "3"), ("TYER", "1999")), .. await Songs.ToneAsync(440)]);
        stage.Share("alice", "b.mp3", await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__LIVE__FEEDS__0=Radio=station:");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 3, "the songs and the feed are listed");
        var feed = (await Catalog.ListAsync(tracker)).Single(song => song.Live).Id;

        var list = await PrintAsync(stage, 0, "list", "--json", "--tracker", tracker.Address);
        OutputSchema.Describes("songs", list);
        Assert.Equal(3, JsonNode.Parse(list)!.AsArray().Count);
        OutputSchema.Describes("songs", await PrintAsync(stage, 0, "list", "lights", "--json", "--tracker", tracker.Address));
        OutputSchema.Describes("songs", await PrintAsync(stage, 0, "info", "--json", "--tracker", tracker.Address));
        var info = await PrintAsync(stage, 0, "info", $"{feed}", "--json", "--tracker", tracker.Address);
        OutputSchema.Describes("songs", info);
        foreach (var groups in (string[])["albums", "artists", "peers"])
        {
            var printed = await PrintAsync(stage, 0, groups, "lights", "--json", "--tracker", tracker.Address);
            OutputSchema.Describes(groups, printed);
            Assert.Single(JsonNode.Parse(printed)!.AsArray());
        }

        Assert.Contains("relayDepth", info, StringComparison.Ordinal);
        Assert.Contains("\"way\"", info, StringComparison.Ordinal);

        var data = stage.Data("carol");
        OutputSchema.Describes("identity", await PrintAsync(stage, 0, "id", "--json", "--data", data));
        var added = await PrintAsync(stage, 0, "device", "add", "phone", "--json", "--data", data);
        OutputSchema.Describes("new-device", added);
        var listed = await PrintAsync(stage, 0, "device", "list", "--json", "--data", data);
        OutputSchema.Describes("devices", listed);
        Assert.Single(JsonNode.Parse(listed)!.AsArray());
        Assert.DoesNotContain((string)JsonNode.Parse(added)!["password"]!, listed, StringComparison.Ordinal);
        OutputSchema.Describes(
            "findings",
            await PrintAsync(stage, null, "doctor", "--json", "--data", data, "--port", "0", "--tracker", tracker.Address));
        OutputSchema.Describes("sound-devices", await PrintAsync(stage, null, "audio", "devices", "--json"));
    }

    [Fact]
    public async Task The_schemas_describe_what_the_tracker_prints()
    {
        await using var stage = new Stage();
        string[] owner = ["--data", stage.Data("tracker")];
        OutputSchema.Describes("invitation", await PrintTrackerAsync(stage, ["invite", "--json", "--name", "anna", .. owner]));
        OutputSchema.Describes("invitation", await PrintTrackerAsync(stage, ["invite", "--json", .. owner]));
        Assert.Equal("[]", (await PrintTrackerAsync(stage, ["members", "--json", .. owner])).Trim());
        await File.AppendAllTextAsync(Path.Combine(stage.Data("tracker"), "members"), "0123456789abcdef0123456789abcdef bob\n");
        var members = await PrintTrackerAsync(stage, ["members", "--json", .. owner]);
        OutputSchema.Describes("members", members);
        Assert.Contains("bob", members, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_refuses_other_fields_and_other_types()
    {
        const string good = """{"keyId":"0123456789abcdef0123456789abcdef","keyFile":"k","verify":"v"}""";
        OutputSchema.Describes("identity", good);
        Assert.NotEmpty(OutputSchema.Faults("identity", good.Replace("keyFile", "file", StringComparison.Ordinal)));
        Assert.NotEmpty(OutputSchema.Faults("identity", good.Replace("\"v\"", "1", StringComparison.Ordinal)));
        Assert.NotEmpty(OutputSchema.Faults("identity", good.Replace("0123", "x", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_schema_allows_no_field_that_it_does_not_describe() =>
        Assert.All(OutputSchema.Names, name => AssertClosed(JsonNode.Parse(OutputSchema.Read(name))!));

    private static void AssertClosed(JsonNode schema)
    {
        if (schema is not JsonObject members)
            return;
        if (members["properties"] is JsonObject)
            Assert.False((bool)members["additionalProperties"]!);
        foreach (var (_, member) in members.Where(member => member.Value is not null))
            AssertClosed(member!);
    }

    private static async Task<string> PrintAsync(Stage stage, int? code, params string[] arguments)
    {
        var process = stage.Start("Peer", arguments);
        if (code is { } expected)
            await process.ExitsWithAsync(expected);
        else
            await process.ExitAsync();
        return process.Output.Text;
    }

    private static async Task<string> PrintTrackerAsync(Stage stage, string[] arguments) =>
        (await stage.Start("Tracker", arguments).ExitsWithAsync(0)).Output.Text;
}
