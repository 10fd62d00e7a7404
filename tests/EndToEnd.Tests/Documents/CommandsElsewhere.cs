namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// The documented commands that these tests cannot run, with the reason. None of them starts a program of this project directly.
/// </summary>
internal static class CommandsElsewhere
{
    private const string NeedsContainers = "needs Docker";
    private const string NeedsRoot = "changes the machine, and needs root and a Debian package";
    private const string IsPackaging = "downloads a runtime and takes minutes: tests/PackageCheck/run.sh";

    /// <summary>The reasons by command.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["dotnet test"] = "runs this test: .ci/run does the same for each project",
        ["dotnet build"] = ".ci/run",
        ["docker compose -f docker/docker-compose.yml up --build -d"] = NeedsContainers,
        ["docker compose -f docker/docker-compose.yml run --rm console"] = NeedsContainers,
        ["docker compose -f docker/docker-compose.yml -f docker/docker-compose.http.yml up -d"] = NeedsContainers,
        ["docker compose -f docker/docker-compose.yml -f /etc/tsp/compose.yml up -d"] = NeedsContainers,
        ["docker compose -p tsp-cluster -f docker/docker-compose.cluster.yml up --build -d"] = NeedsContainers,
        ["docker compose -p tsp-cluster -f docker/docker-compose.cluster.yml -f docker/docker-compose.cluster.http.yml up -d"] = NeedsContainers,
        ["docker compose -p docker -f docker/docker-compose.cluster.yml down"] = NeedsContainers,
        ["packaging/publish linux-x64 dist"] = IsPackaging,
        ["packaging/deb dist/tsp-0.2.0-linux-x64.tar.gz dist"] = IsPackaging,
        ["apt install ./tsp_0.2.0_amd64.deb"] = NeedsRoot,
        ["systemctl enable --now tsp-tracker"] = NeedsRoot,
        ["systemctl enable --now tsp-peer"] = NeedsRoot,
        ["systemctl reload tsp-peer"] = NeedsRoot,
        ["TSP_OPENSUBSONIC=FOLDER dotnet test tests/Gateway.Tests --filter Conformance --logger \"console;verbosity=detailed\""] =
            "needs files that are not part of this repository",
        ["mpv http://tsp:KEY@127.0.0.1:7073/live.m3u8"] = "needs mpv and a window; GatewayLiveSpecs fetches the same list",
        ["curl -u source:PASSWORD 'http://127.0.0.1:8001/admin/metadata?mount=/live&mode=updinfo&song=Artist%20-%20Title'"] =
            "needs a connected source: LiveSpecs sends the same request while ffmpeg is connected",
        ["playerctl --player tsp_peer metadata"] = "needs a session bus: MediaKeySpecs runs playerctl on a bus of its own",
        ["playerctl --player tsp_peer play-pause"] = "needs a session bus: MediaKeySpecs runs playerctl on a bus of its own",
        ["tests/SoundCheck/run.sh linux:mpg123 bare:auto alsa:auto program:auto windows:naudio"] = "needs a sound server and Wine",
    };
}
