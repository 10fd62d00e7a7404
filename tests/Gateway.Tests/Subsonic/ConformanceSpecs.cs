using System.Diagnostics;
using System.Runtime.CompilerServices;
using TspActors.Gateway.Subsonic;
using TspActors.Gateway.Tests.Live;
using TspActors.Gateway.Tests.Web;
using Xunit.Abstractions;

namespace TspActors.Gateway.Tests.Subsonic;

/// <summary>Runs tests/clients/conformance.py on songs with hostile tags, if a folder with the specification is given.</summary>
public sealed class ConformanceSpecs(ITestOutputHelper log)
{
    private const string Variable = "TSP_OPENSUBSONIC";

    [Fact]
    public async Task Every_answer_fits_the_specification()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } specification)
            return;
        var settings = new GatewaySettings { Library = new GatewayLibrarySettings { AllEncodings = true } };
        var feeds = MadeUpSongs.HostileTexts.Index().Select(entry => FakeRadio.FeedOf(2_000 + entry.Index, entry.Item));
        await using var bench = await GatewayBench.StartAsync([.. MadeUpSongs.Hostile(1_000), .. feeds], settings);
        using var python = Process.Start(new ProcessStartInfo("python3", [Script(), bench.Url.ToString(), bench.Key, specification])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        log.WriteLine(await output);
        Assert.True(python.ExitCode == 0, await output + await errors);
    }

    [Fact]
    public async Task The_script_makes_every_call()
    {
        var words = (await File.ReadAllTextAsync(Script())).Split([' ', '\n', '"', ',', '(', ')', '[', ']']);
        Assert.Empty(SubsonicEndpoints.Names.Except(words));
    }

    private static string Script([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "clients", "conformance.py");
}
