using System.Text.Json;
using TspActors.Peer.Diagnosis;

namespace TspActors.Peer.Tests.Diagnosis;

/// <summary>Checks how findings are printed.</summary>
public sealed class FindingOutputSpecs
{
    private static readonly Finding Well = Finding.Ok("music", "2 songs in 1 folder");
    private static readonly Finding Odd = Finding.Warning("sound", "no device\e[2J", "plug one in");
    private static readonly Finding Bad = Finding.Problem("port", "others cannot connect", "forward the port");

    [Fact]
    public void A_line_shows_state_name_and_detail_and_advice_follows_on_the_next_line()
    {
        Assert.Equal(["ok       music       2 songs in 1 folder"], FindingText.Lines(Well, null));
        Assert.Equal(["problem  port        others cannot connect", "                     forward the port"], FindingText.Lines(Bad, null));
        Assert.DoesNotContain('\e', string.Concat(FindingText.Lines(Odd, null)));
    }

    [Fact]
    public void The_summary_counts_the_findings_that_need_attention()
    {
        Assert.Equal("all is well", FindingText.Summary([Well]));
        Assert.Equal("1 problem, 2 warnings", FindingText.Summary([Well, Odd, Bad, Odd]));
    }

    [Fact]
    public async Task Json_has_the_documented_fields_and_only_a_problem_is_not_ok()
    {
        using var output = new MemoryStream();

        await FindingJson.WriteAsync(output, [Well, Odd, Bad]);

        using var json = JsonDocument.Parse(output.ToArray());
        var objects = json.RootElement.EnumerateArray().ToList();
        Assert.All(objects, each => Assert.Equal(
            ["check", "ok", "detail", "advice"], each.EnumerateObject().Select(field => field.Name)));
        Assert.Equal([true, true, false], objects.Select(each => each.GetProperty("ok").GetBoolean()));
        Assert.Equal(
            ("port", "others cannot connect", "forward the port"),
            (Text(objects[2], "check"), Text(objects[2], "detail"), Text(objects[2], "advice")));
    }

    private static string? Text(JsonElement each, string field) => each.GetProperty(field).GetString();
}
