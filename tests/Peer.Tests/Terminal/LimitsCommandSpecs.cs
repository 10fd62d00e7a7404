using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks how limits and their current use are shown.</summary>
public sealed class LimitsCommandSpecs
{
    private static readonly HostingSettings Configured = new() { Limits = new HostingLimits { MaxUpload = new Rate(1_250_000) } };

    [Fact]
    public void Every_limit_has_a_line_with_its_value_and_current_use()
    {
        var status = new HostingStatus(5, 40, 2, 48_000, 3, Configured, Configured, Configured.Limits.MaxUpload);

        Assert.Equal(
            [
                "streams              500, 5 running, room for 35 more",
                "streams-per-peer     8",
                "streams-per-address  250",
                "upload               10 Mbit/s, 384 kbit/s needed by 3 listeners, 2 downloads",
                "upload-per-stream    none",
                "queue                100, 3 waiting",
            ],
            LimitsCommand.Lines(status, HostingLimit.All));
        Assert.Equal("5 of at most 40, 3 waiting", LimitsCommand.Streams(status));
    }

    [Theory]
    [InlineData(2, 1, ", 128 kbit/s needed by 1 listener, 1 download")]
    [InlineData(4, 2, ", 128 kbit/s needed by 2 listeners, 2 downloads")]
    public void One_listener_and_one_download_are_singular(int streams, int downloads, string use)
    {
        var status = new HostingStatus(streams, 40, downloads, 16_000, 0, Configured, Configured, Configured.Limits.MaxUpload);

        Assert.EndsWith(use, LimitsCommand.Lines(status, [HostingLimit.Find("upload")!]).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_limits_and_scheduled_limits_are_marked()
    {
        UploadSchedule.Parse(["23:00-07:00 none"], HostingLimits.LeastUpload, out var schedule);
        var scheduled = Configured with { Limits = Configured.Limits with { UploadSchedule = schedule } };
        var upload = HostingLimit.Find("uploads")!;

        Assert.StartsWith(
            "upload               none (10 Mbit/s; 23:00-07:00 none), nothing needed by 0 listeners",
            LimitsCommand.Lines(
                new HostingStatus(0, 0, 0, 0, 0, scheduled, scheduled, Rate.None), [upload]).Single(), StringComparison.Ordinal);
        Assert.EndsWith(
            ", changed here",
            LimitsCommand.Lines(
                new HostingStatus(0, 0, 0, 0, 0, Configured, scheduled, Rate.None), [upload]).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_limit_is_named_after_its_key()
    {
        var keys = LoadRequest.EmbeddedReference(typeof(PeerSettings).Assembly);

        Assert.All(HostingLimit.All, limit =>
        {
            Assert.Contains($" max-{limit.Name} = ", keys, StringComparison.Ordinal);
            Assert.Same(limit, HostingLimit.Find($"max-{limit.Name}"));
            Assert.Equal(new HostingSettings(), limit.Change(new HostingSettings(), limit.Show(new HostingSettings())));
        });
        Assert.Null(HostingLimit.Find("speed"));
    }
}
