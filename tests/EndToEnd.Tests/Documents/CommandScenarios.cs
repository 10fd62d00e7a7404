using static TspActors.EndToEnd.Tests.Documents.CommandChecks;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// What every documented command must print. A command that is in none of the scenarios, nor in <see cref="CommandsElsewhere"/>, fails a
/// test.
/// </summary>
internal static class CommandScenarios
{
    private const string Ready = @"^peer ready on \S+:\d+, sharing 1 song$";
    private const string GatewayReady = @"^gateway ready on http://\S+$";
    private const string TrackerReady = "^tracker ready on tsps://";
    private const string Seeds = @"seed-nodes = \[""t1:7072"", ""t2:7072"", ""t3:7072""\]";
    private const string KeyId = "^[0-9a-f]{32}$";

    /// <summary>Shells load the completions. Needs zsh and fish.</summary>
    public static CommandScenario Completions { get; } = new("completions",
    [
        ("source <(peer completion bash)", Completes("bash", "", "; complete -p tsp-peer", "tsp-peer")),
        ("source <(peer completion zsh)",
            Completes("zsh", "autoload -U compinit; compinit -u -D; ", "; print $_comps[tsp-peer]", "_tsp_peer")),
        ("peer completion fish | source", Completes("fish", "", "; complete -C 'tsp-peer de'", "demo")),
    ]);

    /// <summary>The certificates of a cluster. Needs openssl.</summary>
    public static CommandScenario Certificates { get; } = new("certificates",
    [
        (@"openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj ""/CN=my trackers"" -keyout ca.key -out ca.pem", Makes("ca.key", "ca.pem")),
        (@"openssl req -newkey rsa:3072 -nodes -subj ""/CN=t1"" -keyout t1.key -out t1.csr", Makes("t1.key", "t1.csr")),
        (@"openssl x509 -req -in t1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile <(echo ""extendedKeyUsage=serverAuth,clientAuth"") -out t1.pem",
            Makes("t1.pem")),
        ("openssl pkcs12 -export -inkey t1.key -in t1.pem -out t1.pfx", MakesStoreAsync),
    ])
    {
        IsInOrder = true,
    };

    /// <summary>A tracker, two peers and requests by other programs on one machine. Needs curl, nc and openssl.</summary>
    public static CommandScenario OneMachine { get; } = new("one machine",
    [
        ("tracker --host 127.0.0.1 --verbose", StartsTrackerAsync),
        ("peer serve --name anna --port 7071 --data /tmp/anna --music src/Peer/Demo/music/alice --verbose",
            Serves(@"^peer ready on \S+:\d+, sharing 3 songs$")),
        ("peer --name ben --port 7073 --data /tmp/ben --music src/Peer/Demo/music/bob", OpensConsole("ben", songs: 4)),
        ("peer list --json", PrintsSongs("Harbour Lights", "Paper Lanterns", "Clockwork Garden")),
        // The reply is LIST with a body: 0x81.
        (@"printf '\x01\x00\x00\x00\x00' | nc -q 1 127.0.0.1 7070 | od -c | head", PrintsInTime("^0000000 201 ")),
        (@"(printf '\x01\x00\x00\x00\x00'; sleep 1) | openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:7070 -alpn tsp/1 2>/dev/null | od -c | head",
            PrintsInTime("^0000000 201 ")),
        ("curl -s http://127.0.0.1:7080/stats", Prints(@"""songs"": ?3\b")),
        ("curl -s http://127.0.0.1:7080/health/ready", Prints("^ready$")),
        ("curl -s http://127.0.0.1:7080/metrics | grep '^tsp_'", Prints("^tsp_tracker_peers")),
    ])
    {
        IsInOrder = true,
    };

    /// <summary>The scenarios that need no programs but those of this project.</summary>
    public static IReadOnlyList<CommandScenario> Own { get; } =
    [
        new("guests",
        [
            ("peer list waltz --tracker tracker.example:7070", Prints(@"^\d+\tSnowmelt Waltz\tThe Quiet Actors\t")),
            ("peer list waltz --tracker tracker.example:7070 --json", PrintsSongs("Snowmelt Waltz")),
            ("peer info 12 --json", DescribesTheSongAsync),
            ("peer play 12", Reports("^verified: every byte matches the song$")),
            ("peer play 12 --audio null", Reports("^verified: every byte matches the song$")),
            ("peer play 12 --output song.mp3", Fetches("song.mp3")),
            ("peer play ID --output FILE", Fetches("file")),
            ("peer save 12", Saves(1)),
            ("peer save 3 5 7", Saves(3)),
            ("peer save all artist:björk year:1990-1999 --folder ~/Music --pattern '{artist}/{album}/{track} {title}'",
                Saves(1, "Björk/Post/01 Army of Me.mp3")),
            ("peer save favourites", SavesTheFavouriteAsync),
        ]),
        new("sharing",
        [
            ("peer serve --tracker tracker.example:7070 --music /srv/music", Serves(Ready)),
            ("peer serve --tracker tracker.example:7070 --music /srv/music --data /var/lib/tsp-peer", ServesFrom("tsp-peer")),
            ("peer --tracker tracker.example:7070 --music ~/Music --name anna", OpensConsole("anna", songs: 1)),
            ("peer serve --http", Serves(GatewayReady)),
            ("peer serve --http 0.0.0.0:7073", Serves(GatewayReady)),
            ("peer serve --http 8080", Serves(GatewayReady)),
            ("peer --http", Serves(GatewayReady)),
            ("peer demo", Serves("^a tracker and two peers, .* try: list")),
            ("peer demo --http", Serves(GatewayReady)),
            (@"… | peer serve --live ""Line in=-""", SendsStandardInputAsync),
            ("peer serve", IsKnownAsync),
            ("peer join", IsKnownAsync),
            ("peer save", IsKnownAsync),
            ("peer device", IsKnownAsync),
        ]),
        new("a feed",
        [
            ("peer serve --tracker tracker.example:7070 --music /srv/music --live Radio=station:", SendsFeedAsync),
            ("peer play ID --output FILE --duration 1h", RecordsAsync),
        ])
        {
            IsInOrder = true,
        },
        new("this machine",
        [
            ("peer doctor", Prints(@"^ok +tracker +\S.* at 127\.0\.0\.1:")),
            ("peer audio devices", ListsOrSays("^    .*, through ", "this machine has no sound device")),
            ("peer audio devices --json", ListsOrSays("\"driver\": ", "this machine has no sound device")),
            // A network without multicast has none, and on any other network there are also the trackers of other tests.
            ("peer discover", ListsOrSays(@"^\S.* at .* \(.*\)\n    \S", "no tracker was found on the local network")),
        ]),
        new("trackers",
        [
            ("tracker", Serves(TrackerReady)),
            ("tracker --announce --name Attic", Serves(TrackerReady)),
            ("tracker --config debug.conf --verbose", ReadsDebugSettingsAsync),
            ("tracker --cluster-port 7072 --seed-node t1:7072 --seed-node t2:7072 --seed-node t3:7072", Configures(Seeds)),
            ("tracker --port 7070 --cluster-port 7072 --seed-node t1:7072 --seed-node t2:7072 --seed-node t3:7072", Configures(Seeds)),
        ]),
        new("members",
        [
            ("tracker --data DIR", StartsTrackerAsync),
            ("tracker invite --data DIR --name anna --address tracker.example:7070", InvitesAsync),
            ("peer join 'LINE'", JoinsAsync),
            ("peer --music ~/Music --name anna", OpensConsole("anna", songs: 1)),
            ("peer list", AdmitsMembersOnlyAsync),
            ("tracker members --data DIR", Prints("^[0-9a-f]{32}  anna$")),
            ("tracker remove anna --data DIR", Reports("^removed the member anna ")),
        ])
        {
            IsInOrder = true,
            NamesTracker = false,
        },
        new("invitations",
        [
            ("tracker invite", Prints("^tsps://")),
            ("tracker invite --name NAME --days 7 --address HOST[:PORT] --json", Prints(@"""line"":""tsps://tracker\.test:7070#")),
            ("tracker members", Prints(@"^\(invited until .* UTC\)  ben$")),
            ("tracker members --json", Prints(@"^\[\]$")),
            ("tracker remove NAME", Reports("^removed .*ben")),
            ("tracker remove KEYID", RemovesKeyAsync),
            ("tracker invite --data /var/lib/tsp-tracker --name anna --address tracker.example:7070", InvitesAsync),
            ("tracker invite --config /etc/tsp/tracker.conf --data /var/lib/tsp/tracker --name anna", InvitesWithSettingsAsync),
        ])
        {
            IsInOrder = true,
            TrackerPort = 7070,
        },
        new("devices",
        [
            ("peer device add phone", Prints(@"^password  \S{32}$")),
            ("peer device add NAME", Prints("^device    ben$")),
            ("peer device list", Prints("^phone  added .*\nben  added ")),
            ("peer device remove NAME", Prints("^removed ben$")),
        ])
        {
            IsInOrder = true,
        },
        new("a peer's key",
        [
            ("peer id", Prints(KeyId)),
            ("peer --print-identity", Prints(KeyId)),
            ("peer backup FILE", BacksUpAsync),
            ("peer restore FILE --data DIR", Restores("tsp-peer")),
            ("peer backup FILE --data DIR", BacksUpAsync),
            ("peer restore FILE", Restores("tsp-peer")),
        ])
        {
            IsInOrder = true,
        },
        new("a tracker's key",
        [
            ("tracker --print-identity", Prints(KeyId)),
            ("tracker backup FILE", BacksUpAsync),
            ("tracker restore FILE --data DIR", Restores("tsp-tracker")),
            ("tracker backup FILE --data DIR", BacksUpAsync),
            ("tracker restore FILE", Restores("tsp-tracker")),
        ])
        {
            IsInOrder = true,
        },
    ];

    /// <summary>All scenarios.</summary>
    public static IEnumerable<CommandScenario> All => [.. Own, Completions, Certificates, OneMachine];
}
