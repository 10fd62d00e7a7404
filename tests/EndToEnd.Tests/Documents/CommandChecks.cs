using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>Checks of documented commands. Each runs a command and fails if it does not do what the pages say.</summary>
internal static class CommandChecks
{
    /// <summary>The command exits with 0, and a line on standard output matches.</summary>
    public static Func<CommandRun, string, Task> Prints(string pattern) => async (run, command) =>
        Assert.Matches($"(?m){pattern}", (await run.Start(command).ExitsWithAsync(0)).Output.Text);

    /// <summary>The command exits with 0, and a line on standard error matches.</summary>
    public static Func<CommandRun, string, Task> Reports(string pattern) => async (run, command) =>
        Assert.Matches($"(?m){pattern}", (await run.Start(command).ExitsWithAsync(0)).Errors.Text);

    /// <summary>The command runs until a signal, and a line on standard error matches.</summary>
    public static Func<CommandRun, string, Task> Serves(string pattern) => (run, command) => run.ServeAsync(command, pattern);

    /// <summary>
    /// The command prints a matching line on standard output. It is repeated, because it waits for only a second, which may be too short
    /// on a busy machine.
    /// </summary>
    public static Func<CommandRun, string, Task> PrintsInTime(string pattern) => (run, command) => Catalog.EventuallyAsync(
        async () =>
        {
            var process = run.Start(command);
            process.EndInput();
            await process.ExitAsync();
            return process.Output.Text;
        },
        text => Regex.IsMatch(text, pattern, RegexOptions.Multiline), command);

    /// <summary>The text names a command without its arguments. The program knows that command.</summary>
    public static async Task IsKnownAsync(CommandRun run, string command)
    {
        var help = await run.Start($"{command} --help").ExitsWithAsync(0);
        Assert.Matches($@"(?m)^ +\S+ {command.Split(' ')[1]}\b", help.Output.Text);
    }

    /// <summary>The command prints JSON that contains these songs.</summary>
    public static Func<CommandRun, string, Task> PrintsSongs(params string[] titles) => async (run, command) =>
    {
        using var json = JsonDocument.Parse((await run.Start(command).ExitsWithAsync(0)).Output.Text);
        var printed = json.RootElement.EnumerateArray().Select(song => song.GetProperty("title").GetString()).ToList();
        Assert.All(titles, title => Assert.Contains(title, printed));
    };

    /// <summary>The command prints JSON about the song with id 1.</summary>
    public static async Task DescribesTheSongAsync(CommandRun run, string command)
    {
        using var json = JsonDocument.Parse((await run.Start(command).ExitsWithAsync(0)).Output.Text);
        Assert.Equal(1, Assert.Single(json.RootElement.EnumerateArray()).GetProperty("id").GetInt32());
    }

    /// <summary>The command fetches a song into a file, and says that every byte is right.</summary>
    public static Func<CommandRun, string, Task> Fetches(string file) => async (run, command) =>
    {
        var play = await run.Start(command).ExitsWithAsync(0);
        Assert.Contains("verified: every byte matches the song", play.Errors.Text, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(run.Folder, file)).Length > 0);
    };

    /// <summary>The command saves this number of songs into the music folder, with tags, and prints their paths.</summary>
    public static Func<CommandRun, string, Task> Saves(int count, string name = "") => async (run, command) =>
    {
        var saved = (await run.Start(command).ExitsWithAsync(0)).Output.Lines;
        Assert.Equal(count, saved.Count);
        Assert.All(saved, path =>
        {
            Assert.StartsWith(Path.Combine(run.Music, name), path, StringComparison.Ordinal);
            Assert.Equal("ID3"u8.ToArray(), File.ReadAllBytes(path)[..3]);
        });
    };

    /// <summary>The command saves the favourite of the console.</summary>
    public static async Task SavesTheFavouriteAsync(CommandRun run, string command)
    {
        var console = run.Start("peer --audio null");
        await console.ReportsAsync("^peer ready on ");
        await console.TypeAsync("favourite army of me");
        await console.TypeAsync("quit");
        await console.ExitsWithAsync(0);
        await Saves(1, "Björk - Army of Me.mp3")(run, command);
    }

    /// <summary>The console shares this number of songs, and lists them with the name of its peer.</summary>
    public static Func<CommandRun, string, Task> OpensConsole(string name, int songs) => async (run, command) =>
    {
        var console = run.Start(command);
        await console.ReportsAsync($@"^peer ready on \S+:\d+, sharing {songs} songs?$");
        await console.AskAsync("list", $@"\t(.*, )?{name}(, .*)?$");
        await console.TypeAsync("quit");
        await console.ExitsWithAsync(0);
    };

    /// <summary>The peer serves, and keeps its key in this folder.</summary>
    public static Func<CommandRun, string, Task> ServesFrom(string folder) => async (run, command) =>
    {
        await run.ServeAsync(command, @"^peer ready on \S+:\d+, sharing 1 song$");
        Assert.True(File.Exists(Path.Combine(run.Home, folder, "key.pem")));
    };

    /// <summary>The command reads a song from standard input and sends it as a feed.</summary>
    public static async Task SendsStandardInputAsync(CommandRun run, string command) =>
        await run.ServeAsync($"{command[command.IndexOf("peer", StringComparison.Ordinal)..]} < ~/Music/0.mp3", "^Line in is on the air");

    /// <summary>The peer sends a feed, which the next commands use.</summary>
    public static async Task SendsFeedAsync(CommandRun run, string command)
    {
        await run.ServeAsync(command, "^Radio is on the air");
        var songs = await Catalog.BecomesAsync(run.Tracker, songs => songs.Any(IsRadio), "the feed is listed");
        run.Values["ID"] = $"{songs.Single(IsRadio).Id}";

        static bool IsRadio(Song song) => song.Live && song.Tags.Title == "Radio";
    }

    /// <summary>The command records a feed until it is stopped, and then exits with 0.</summary>
    public static async Task RecordsAsync(CommandRun run, string command)
    {
        var recording = run.Start(command);
        var file = Path.Combine(run.Folder, "file");
        await Catalog.EventuallyAsync(
            () => Task.FromResult(recording.HasExited || (File.Exists(file) && new FileInfo(file).Length > 0)), isWritten => isWritten,
            "the recording has begun");
        recording.Signal("TERM");
        await recording.ExitsWithAsync(0);
        Assert.True(new FileInfo(file).Length > 0);
    }

    /// <summary>The devices are listed, or the machine has none.</summary>
    public static Func<CommandRun, string, Task> ListsOrSays(string pattern, string nothing) => async (run, command) =>
    {
        var process = run.Start(command);
        if (await process.ExitAsync() == 0)
            Assert.Matches($"(?m){pattern}", process.Output.Text);
        else
            Assert.Contains(nothing, await process.FailsWithAsync(1), StringComparison.Ordinal);
    };

    /// <summary>The tracker reads these settings of a cluster. The other trackers do not exist here, so it only prints them.</summary>
    public static Func<CommandRun, string, Task> Configures(string pattern) =>
        (run, command) => Prints(pattern)(run, $"{command} --print-config");

    /// <summary>The tracker starts. The next commands use it, and its HTTP port.</summary>
    public static async Task StartsTrackerAsync(CommandRun run, string command)
    {
        var tracker = await run.ServeAsync(command, "^tracker ready on tsps://");
        var port = (await tracker.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:(\d+)$")).Groups[1].Value;
        run.Tracker = new TrackerProgram(tracker, int.Parse(port, CultureInfo.InvariantCulture));
        if (command.Contains("--verbose", StringComparison.Ordinal))
            run.TrackerHttp = (await tracker.ReportsAsync(@"statistics are on http://(\S+)$")).Groups[1].Value;
    }

    /// <summary>The tracker reads the settings that docs/debugging.md shows.</summary>
    public static async Task ReadsDebugSettingsAsync(CommandRun run, string command)
    {
        var settings = DocumentedCommand.Block("docs/debugging.md", "# debug.conf");
        Assert.Contains("akka.log-dead-letters", settings, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "debug.conf"), settings);
        await StartsTrackerAsync(run, command);
    }

    /// <summary>The owner invites a peer. The next command uses the line.</summary>
    public static async Task InvitesAsync(CommandRun run, string command)
    {
        var invited = await run.Start(command).ExitsWithAsync(0);
        var line = Assert.Single(invited.Output.Lines);
        Assert.StartsWith($"tsps://{run.Tracker.Address}#", line, StringComparison.Ordinal);
        run.Values["LINE"] = line;
    }

    /// <summary>The same with the file of settings that the Debian package installs.</summary>
    public static async Task InvitesWithSettingsAsync(CommandRun run, string command)
    {
        File.Copy(Path.Combine(DocumentedCommand.Root, "config", "tracker.conf"), Path.Combine(run.Home, "tracker.conf"));
        await Prints("^tsps://")(run, command);
        Assert.True(File.Exists(Path.Combine(run.Home, "tsp", "tracker", "members")));
    }

    /// <summary>The peer joins. It tries again, because the tracker takes up to a second to notice an invitation.</summary>
    public static async Task JoinsAsync(CommandRun run, string command)
    {
        var output = "";
        await Catalog.EventuallyAsync(
            async () =>
            {
                var join = run.Start(command);
                var code = await join.ExitAsync();
                output = join.Output.Text;
                return code;
            },
            code => code == 0, "the invitation is accepted");
        Assert.StartsWith("joined ", output, StringComparison.Ordinal);
    }

    /// <summary>The member's key admits a single command, and the tracker refuses a peer with another key.</summary>
    public static async Task AdmitsMembersOnlyAsync(CommandRun run, string command)
    {
        await run.Start(command).ExitsWithAsync(0);
        var stranger = run.Start($"{command} --tracker tracker.example:7070 --data ~/stranger");
        Assert.Contains("member", await stranger.FailsWithAsync(1), StringComparison.Ordinal);
    }

    /// <summary>The owner removes a member by key id.</summary>
    public static async Task RemovesKeyAsync(CommandRun run, string command)
    {
        const string key = "0123456789abcdef0123456789abcdef";
        await File.AppendAllTextAsync(Path.Combine(run.DataFolder("tsp-tracker"), "members"), $"{key} zoe\n");
        run.Values["KEYID"] = key;
        await Reports($"^removed the member zoe \\({key}\\)$")(run, command);
    }

    /// <summary>The program makes an archive of its folder, by default or with --data.</summary>
    public static async Task BacksUpAsync(CommandRun run, string command)
    {
        run.Values["FILE"] = $"{Guid.NewGuid():N}.tar.gz";
        await Prints(@"^backed up \d+ files?, .* keep it secret")(run, command);
        Assert.True(new FileInfo(Path.Combine(run.Folder, run.Values["FILE"])).Length > 0);
    }

    /// <summary>The program recreates the folder from the archive that was made last, with the same key.</summary>
    public static Func<CommandRun, string, Task> Restores(string program) => async (run, command) =>
    {
        var own = run.DataFolder(program);
        var key = await File.ReadAllBytesAsync(Path.Combine(own, "key.pem"));
        var target = command.Contains("--data", StringComparison.Ordinal) ? Path.Combine(run.Home, "folder") : own;
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        await Prints(@"^restored \d+ files?, ")(run, command);
        Assert.Equal(key, await File.ReadAllBytesAsync(Path.Combine(target, "key.pem")));
    };

    /// <summary>A shell loads the completions and knows them.</summary>
    /// <param name="shell">The shell.</param>
    /// <param name="before">What the shell needs first.</param>
    /// <param name="after">A command that shows what the shell has loaded.</param>
    /// <param name="expected">Text in the output of that command.</param>
    public static Func<CommandRun, string, Task> Completes(string shell, string before, string after, string expected) =>
        async (run, command) => Assert.Contains(
            expected, (await run.Start($"{before}{command}{after}", shell).ExitsWithAsync(0)).Output.Text, StringComparison.Ordinal);

    /// <summary>openssl writes these files.</summary>
    public static Func<CommandRun, string, Task> Makes(params string[] files) => async (run, command) =>
    {
        await run.Start(command, "setsid").ExitsWithAsync(0);
        Assert.All(
            files, file => Assert.StartsWith("-----BEGIN ", File.ReadAllText(Path.Combine(run.Folder, file)), StringComparison.Ordinal));
    };

    /// <summary>openssl asks for a password twice and writes a file with the key and the certificate.</summary>
    public static async Task MakesStoreAsync(CommandRun run, string command)
    {
        const string password = "sesame";
        var openssl = run.Start(command, "setsid");
        await openssl.TypeAsync(password);
        await openssl.TypeAsync(password);
        await openssl.ExitsWithAsync(0);
        using var certificate = X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(run.Folder, "t1.pfx"), password);
        Assert.Equal(("CN=t1", true), (certificate.Subject, certificate.HasPrivateKey));
    }
}
