using System.CommandLine;
using System.Diagnostics;
using TspActors.Configuration.CommandLines;

namespace TspActors.Configuration.Tests;

/// <summary>Checks the completion scripts in the shells themselves.</summary>
public sealed class CompletionSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-completion-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("de", "demo device")]
    [InlineData("device a", "add")]
    [InlineData("device ", "add list --config --folder --verbose")]
    [InlineData("list --j", "--json")]
    [InlineData("list --ver", "--verbose")]
    [InlineData("--verbose li", "list")]
    [InlineData("--name li", "")]
    [InlineData("demo --j", "")]
    public async Task Bash_completes_commands_and_options(string typed, string expected)
    {
        var words = $"tsp-peer {typed}".Split(' ');
        var array = string.Join(' ', words.Select(word => $"'{word}'"));
        var completed = await RunAsync(
            "bash", "--norc", "-c", $"source {Script("bash")}; COMP_WORDS=({array}); COMP_CWORD={words.Length - 1}; _tsp_peer; echo \"${{COMPREPLY[*]}}\"");
        Assert.Equal(Sorted(expected), Sorted(completed));
    }

    [Fact]
    public async Task Bash_completes_the_folders_of_an_option_that_wants_one()
    {
        _folder.CreateSubdirectory("music");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "mute"), "");
        var completed = await RunAsync(
            "bash", "--norc", "-c",
            $"source {Script("bash")}; cd {_folder.FullName}; COMP_WORDS=(tsp-peer --folder mu); COMP_CWORD=2; _tsp_peer; echo \"${{COMPREPLY[*]}}\"");
        Assert.Equal("music", completed.Trim());
    }

    [NeedsFact("fish")]
    public async Task Fish_completes_commands_and_options()
    {
        foreach (var (typed, expected) in new[]
        {
            ("de", "demo device"), ("device a", "add"), ("list --j", "--json"), ("list --ver", "--verbose"), ("demo --j", ""),
        })
        {
            var completed = await RunAsync("fish", "--no-config", "-c", $"source {Script("fish")}; complete -C 'tsp-peer {typed}'");
            var names = completed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0]);
            Assert.Equal(Sorted(expected), Sorted(string.Join(' ', names)));
        }
    }

    // Completion in zsh needs its line editor, so the function runs with a compadd that prints.
    [NeedsFact("zsh")]
    public async Task Zsh_completes_commands_and_options()
    {
        foreach (var (typed, part) in new[] { ("''", "demo"), ("device ''", "add"), ("list --j", "--json"), ("--verbose li", "list") })
        {
            var completed = await RunAsync(
                "zsh", "-f", "-c",
                $"compdef() {{ :; }}; compadd() {{ print -- $@; }}; _files() {{ :; }}; source {Script("zsh")}; words=(tsp-peer {typed}); "
                + "CURRENT=$#words; _tsp_peer");
            Assert.Contains(part, completed.Split([' ', '\n']));
        }
    }

    [NeedsFact("groff:groff-base")]
    public async Task The_page_of_the_manual_is_valid_and_names_every_command_and_option()
    {
        var page = ManualPage.For("tsp-peer", Root(), "1.2.3", [("Exit status", ".0 = done, \\1 = failed")]);
        var path = Path.Combine(_folder.FullName, "tsp-peer.1");
        await File.WriteAllTextAsync(path, page);

        var shown = await RunAsync("groff", "-man", "-Tascii", "-ww", "-P-cbou", path);

        foreach (var part in (string[])["tsp-peer - a peer: it plays", "device add NAME", "--json", "--folder DIR", "EXIT STATUS", ".0 = done, \\1 = failed"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("--secret", shown, StringComparison.Ordinal);
    }

    private static RootCommand Root()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var name = new Argument<string>("NAME");
        return new RootCommand("a peer: it plays")
        {
            new Command("list", "the songs") { json },
            new Command("demo", "the peer's demo"),
            new Command("device", "what plays") { new Command("add", "adds one") { name }, new Command("list", "lists them") { json } },
            new Option<string>("--name") { HelpName = "NAME", Description = "the peer's name" },
            new Option<string>("--folder") { HelpName = "DIR", Recursive = true, Description = "a folder" },
            new Option<string>("--config") { HelpName = "FILE", Recursive = true, Description = "a file" },
            new Option<bool>("--verbose") { Recursive = true, Description = "more" },
            new Option<bool>("--secret") { Hidden = true },
        };
    }

    private static string Sorted(string words) =>
        string.Join(' ', words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("--help" or "--version"))
            .Order(StringComparer.Ordinal));

    private string Script(string shell)
    {
        var path = Path.Combine(_folder.FullName, shell);
        File.WriteAllText(path, CompletionScript.For("tsp-peer", shell, Root()));
        return path;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("", await errors);
        return await output;
    }
}
