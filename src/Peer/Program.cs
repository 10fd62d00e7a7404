using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Configuration.CommandLines;
using TspActors.Configuration.DataFolders;
using TspActors.Configuration.Hosting;
using TspActors.Media.Library;
using TspActors.Peer.Commands;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Recording;
using TspActors.Peer.Terminal;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer;

/// <summary>The peer program: defines the command line, runs the command, and reports its errors.</summary>
internal static class Program
{
    private static readonly PeerOptions Options = new();

    // Without a replacer, an argument that begins with "@" is plain text instead of the name of a response file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private static async Task<int> Main(string[] args)
    {
        ProgramOutput.TakeOver();
        return ProgramOutput.End(await RunAsync(args).ConfigureAwait(false));
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = Define().Parse(args, Parsing);
        if (MistypedOptions.Find(arguments, args) is { Count: > 0 } mistyped)
            return ProgramRun.RejectArguments(mistyped, "peer");
        if (arguments.Errors.Count > 0)
            return ProgramRun.RejectArguments(arguments.Errors.Select(error => error.Message), "peer");
        return await arguments.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
    }

    private static RootCommand Define()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var audio = new Option<string>("--audio")
        {
            Description = "auto, naudio, mpg123, nlayer (decodes without native code), mpg123-program (decodes in a separate process), wav:FILE or null",
            HelpName = "OUTPUT",
            DefaultValueFactory = _ => "auto"
        };
        var output = new Option<string?>("--output")
        {
            Description = "save the song to a file, at full speed, instead of playing it; - = standard output, in real time",
            HelpName = "FILE"
        };
        var duration = new Option<TimeSpan?>("--duration")
        {
            Description = "how much of a live feed --output writes, such as 30s or 1h (default: until the command is stopped)",
            HelpName = "TIME",
            CustomParser = ParseDuration,
        };
        var fullSpeed = new Option<bool>("--full-speed") { Description = "fetch the song as fast as possible, even for --output -" };
        var text = new Argument<string?>("TEXT") { Description = "words from the title, artist or album; also artist:WORD, year:1990-1999, bitrate:>=256, sort:title", Arity = ArgumentArity.ZeroOrOne };
        var id = new Argument<int?>("ID") { Description = "a song's id; without one, all songs", Arity = ArgumentArity.ZeroOrOne };
        id.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
                result.AddError($"\"{SafeText.Clean(token.Value)}\" is not a song id; use \"list\" to see the ids");
        });
        var song = new Argument<string>("ID|TEXT") { Description = "a song's id, or words that match it" };

        var list = new Command("list", "songs that are currently shared") { text, json };
        list.SetAction(
            (parsed, _) => RunAsync(parsed, run => GuestCommands.ListAsync(run, parsed.GetValue(text) ?? "", parsed.GetValue(json))));
        var albums = new Command("albums", "the albums of all songs, or of those that match the text") { text, json };
        albums.SetAction(
            (parsed, _) => RunAsync(parsed, run => GuestCommands.ListAlbumsAsync(run, parsed.GetValue(text) ?? "", parsed.GetValue(json))));
        var artists = new Command("artists", "the artists of all songs, or of those that match the text") { text, json };
        artists.SetAction(
            (parsed, _) => RunAsync(parsed, run => GuestCommands.ListArtistsAsync(run, parsed.GetValue(text) ?? "", parsed.GetValue(json))));
        var peers = new Command("peers", "the peers that share songs, or only those with songs that match the text") { text, json };
        peers.SetAction(
            (parsed, _) => RunAsync(parsed, run => GuestCommands.ListPeersAsync(run, parsed.GetValue(text) ?? "", parsed.GetValue(json))));
        var info = new Command("info", "everything about a song, or about all songs") { id, json };
        info.SetAction((parsed, _) => RunAsync(parsed, run => GuestCommands.InfoAsync(run, parsed.GetValue(id), parsed.GetValue(json))));
        var play = new Command("play", "play a song, or save it") { song, output, duration, fullSpeed, audio };
        play.SetAction((parsed, _) => RunAsync(parsed, run => parsed.GetValue(output) is { } file
            ? PlayCommand.SaveAsync(run, parsed.GetRequiredValue(song), file, parsed.GetValue(fullSpeed),
                parsed.GetValue(duration))
            : PlayCommand.PlayAsync(run, parsed.GetRequiredValue(song), parsed.GetRequiredValue(audio), parsed.GetValue(fullSpeed))));
        play.Validators.Add(parsed =>
        {
            if (parsed.GetResult(duration) is { Tokens: [var time, ..] } && parsed.GetValue(output) is null)
                parsed.AddError($"--duration {time.Value} says how much of a live feed to record, so it needs --output FILE");
        });
        var save = DefineSave();
        var serve = new Command("serve", "share music without a console until a signal ends the program");
        var discover = new Option<bool>("--discover")
        {
            Description = "if the settings list no tracker, join the one on the local network"
        };
        serve.Add(discover);
        serve.SetAction((parsed, _) => RunAsync(parsed, run => SharingCommands.ServeAsync(run, parsed.GetValue(discover))));
        var find = new Command("discover", "the trackers on the local network") { json };
        find.SetAction((parsed, _) => RunAsync(parsed, run => DiscoverCommand.RunAsync(parsed.GetValue(json)), usesJoined: false));
        var line = new Argument<string>("LINE") { Description = "the line that 'tracker invite' printed, in quotes" };
        var join = new Command("join", "join a tracker by invitation") { line };
        join.SetAction((parsed, _) => RunAsync(parsed, run => JoinCommand.RunAsync(run, parsed.GetRequiredValue(line)), usesJoined: false));
        var identity = new Command("id", "the id of this peer's key, and how to verify it") { json };
        identity.SetAction((parsed, _) => RunAsync(parsed, run =>
        {
            Console.Out.Write(
                parsed.GetValue(json) ? IdentityCommand.DescribeJson(run.Settings) : IdentityCommand.Describe(run.Settings));
            return Task.FromResult(ProgramRun.Done);
        }));
        var device = DefineDevice(json);
        var devices = new Command("devices", "the sound devices that can play songs") { json };
        devices.SetAction((parsed, _) => RunAsync(parsed, run => AudioCommand.ListAsync(parsed.GetValue(json)), usesJoined: false));
        var sound = new Command("audio", "the sound system of this machine") { devices };
        var doctor = new Command("doctor", "check everything that a peer needs, and say how to fix what is wrong") { json };
        doctor.SetAction((parsed, _) => RunAsync(parsed, run => DoctorCommand.RunAsync(run, parsed.GetValue(json))));
        var demo = new Command("demo", "everything in one process: a tracker, two peers with bundled music, and the console") { audio };
        demo.SetAction((parsed, _) => RunAsync(parsed, run => DemoCommand.RunAsync(run, parsed.GetRequiredValue(audio))));

        var root = new RootCommand("A TSP peer: shares your music with friends and plays theirs. Without a command it starts the console.")
        {
            serve, list, albums, artists, peers, info, play, save, find, join, identity, device, sound, doctor, demo, audio,
        };
        foreach (var command in BackupCommands.For(
            (parsed, act) => RunAsync(parsed, run => Task.FromResult(act(PeerFolder.ContentsOf(run.Settings))), usesJoined: false)))
            root.Add(command);

        Options.AddTo(root);
        ShellCommands.AddTo(root, "tsp-peer", Manual.Notes);
        root.SetAction((parsed, _) => RunAsync(parsed, async run => await SharingCommands.ConsoleAsync(
            await DiscoveredDefault.OfferAsync(run).ConfigureAwait(false), parsed.GetRequiredValue(audio)).ConfigureAwait(false)));
        return root;
    }

    private static Command DefineSave()
    {
        var songs = new Argument<string[]>("ID|TEXT")
        {
            Description = "song ids; words that match one song; \"all\" followed by words, for every match; or \"favourites\", for the "
                + "console's favourites",
            Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--folder")
        {
            Description = "where to save (default ~/Music, or the working directory if that does not exist)",
            HelpName = "DIR",
            DefaultValueFactory = _ => "",
        };
        var pattern = new Option<string>("--pattern")
        {
            Description = "file name, optionally with folders before it, such as \"{artist}/{album}/{track} {title}\"",
            HelpName = "PATTERN",
            DefaultValueFactory = _ => "",
        };
        var save = new Command("save", "save songs as files, with their tags, and print the paths") { songs, folder, pattern };
        save.SetAction((parsed, _) => RunAsync(parsed, run => SaveCommand.RunAsync(
            run, string.Join(' ', parsed.GetRequiredValue(songs)), parsed.GetRequiredValue(folder), parsed.GetRequiredValue(pattern))));
        return save;
    }

    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        if (RecordingTime.TryParse(result.Tokens[0].Value, out var time))
            return time;
        result.AddError($"\"{SafeText.Clean(result.Tokens[0].Value)}\" is not a duration; write a value such as 30s, 10m or 1h");
        return null;
    }

    private static Command DefineDevice(Option<bool> json)
    {
        var name = new Argument<string>("NAME") { Description = "the name of the device, such as phone" };
        var add = new Command("add", "give a device a key, and print it") { name, json };
        add.SetAction((parsed, _) => RunAsync(
            parsed, run => Task.FromResult(DeviceCommand.Add(run, parsed.GetRequiredValue(name), parsed.GetValue(json)))));
        var list = new Command("list", "the devices that have a key") { json };
        list.SetAction((parsed, _) => RunAsync(parsed, run => Task.FromResult(DeviceCommand.List(run, parsed.GetValue(json)))));
        var remove = new Command("remove", "revoke a device's key") { name };
        remove.SetAction((parsed, _) => RunAsync(parsed, run => Task.FromResult(DeviceCommand.Remove(run, parsed.GetRequiredValue(name)))));
        return new Command("device", "the phones, players and browsers that may use the gateway") { add, list, remove };
    }

    private static async Task<int> RunAsync(ParseResult arguments, Func<CommandContext, Task<int>> command, bool usesJoined = true)
    {
        try
        {
            var configuration = Options.Load(arguments);
            var settings = PeerSettingsReader.Read(configuration);
            if (Options.WantsConfig(arguments))
            {
                Console.Out.Write(configuration.Print());
                return ProgramRun.Done;
            }

            if (Options.WantsIdentity(arguments))
            {
                PeerFolder.Check(settings);
                Console.Out.Write(IdentityCommand.Describe(settings));
                return ProgramRun.Done;
            }

            if (usesJoined)
            {
                PeerFolder.Check(settings);
                settings = JoinedDefault.Apply(settings);
            }

            var run = new CommandContext(configuration, settings, Options.IsVerbose(arguments), () => Options.Load(arguments));
            return await command(run).ConfigureAwait(false);
        }
        catch (SettingsException error)
        {
            return ProgramRun.Report(error);
        }
        catch (UnknownAudioBackendException error)
        {
            return ProgramRun.RejectArguments([error.Message], "peer");
        }
        catch (StoppedException stopped)
        {
            await Console.Error.WriteLineAsync(stopped.Message).ConfigureAwait(false);
            return ProgramRun.Failed;
        }
        catch (Exception error)
            when (error is CommandException or ListenException or LibraryIndexException or AudioBackendException or IOException
                or AskTimeoutException)
        {
            return ProgramRun.Fail(SafeText.Clean(error.Message));
        }
    }
}
