using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Documents;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Shared;

namespace TspActors.EndToEnd.Tests.Containers;

/// <summary>Checks the compose files and the Dockerfile: what containers may do, what they publish, and what they leave behind.</summary>
public sealed partial class ComposeSpecs : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    private static IEnumerable<ComposeService> Services => ComposeFile.Projects.SelectMany(file => file.Services);

    // The documents, and the compose files, whose comments contain commands.
    private static IEnumerable<string> Pages => Directory.GetFiles(Path.Combine(DocumentedCommand.Root, "docs"), "*.md")
        .Append(Path.Combine(DocumentedCommand.Root, "README.md"))
        .Concat(ComposeFile.All.Select(file => Path.Combine(DocumentedCommand.Root, file.Name)));

    private static string Dockerfile => File.ReadAllText(Path.Combine(DocumentedCommand.Root, "docker", "Dockerfile"));

    [Fact]
    public void The_files_describe_trackers_and_peers()
    {
        Assert.Equal(["tracker1", "tracker2", "tracker3", "tracker"], Services.Where(service => service.IsTracker).Select(service => service.Name));
        Assert.Equal(4, Services.Count(service => service.Name is "alice" or "bob"));
        Assert.All(Services, service => Assert.Matches("^(tracker|peer)$", (string?)service.Settings["build"]?["target"]));
    }

    [Fact]
    public void Every_container_is_confined_and_has_limits() => Assert.All(Services, service =>
    {
        Assert.Equal(["ALL"], service.List("cap_drop"));
        Assert.Equal(["no-new-privileges:true"], service.List("security_opt"));
        Assert.Equal("true", service.Text("read_only"));
        Assert.Matches("^[12]g$", service.Text("mem_limit"));
        Assert.InRange(int.Parse(service.Text("pids_limit")!, CultureInfo.InvariantCulture), 1, 1_000);
        Assert.All((string[])["cap_add", "devices", "ipc", "pid", "privileged", "user"], setting => Assert.Null(service.Settings[setting]));
        Assert.Equal(service.IsSecretMaker ? "none" : null, service.Text("network_mode"));
    });

    [Fact]
    public void The_logs_of_every_container_are_bounded() => Assert.All(Services, service =>
    {
        var options = service.Settings["logging"]?["options"];
        Assert.Matches(@"^\d{1,2}m$", (string?)options?["max-size"]);
        Assert.Matches(@"^\d$", (string?)options?["max-file"]);
    });

    [Fact]
    public void Containers_are_restarted_unless_they_end_by_themselves() => Assert.All(
        Services, service => Assert.Equal(service.IsShortLived ? "no" : "unless-stopped", service.Text("restart")));

    [Fact]
    public void Trackers_are_healthy_when_they_are_ready()
    {
        Assert.Contains("CMD [\"tsp-ready\"]\n", BuildStage("tracker"), StringComparison.Ordinal);
        Assert.Contains("CMD [\"tsp-ping\", \"7071\"]\n", BuildStage("peer"), StringComparison.Ordinal);
        Assert.All(Services, service =>
        {
            Assert.Equal(service.IsShortLived ? """{"disable":"true"}""" : null, service.Settings["healthcheck"]?.ToJsonString());
            // The check asks 127.0.0.1:7080. Where nothing listens there, it would only send a PING.
            Assert.DoesNotContain("TSP__TRACKER__HTTP__ENABLED", service.Environment.Keys);
            Assert.DoesNotContain("TSP__TRACKER__HTTP__PORT", service.Environment.Keys);
        });
    }

    [Fact]
    public void No_container_leaves_an_anonymous_volume_behind()
    {
        // A tmpfs in its place does not keep Docker from creating the volume.
        Assert.DoesNotContain("\nVOLUME ", Dockerfile, StringComparison.OrdinalIgnoreCase);
        Assert.All(Services, service => Assert.All(service.List("volumes"), volume =>
        {
            Assert.Matches("^[^:]+:/[^:]+(:ro)?$", volume);
            var source = volume.Split(':')[0];
            if (source.StartsWith('.'))
                Assert.True(Directory.Exists(Path.Combine(service.File.Folder, source)), $"{source} does not exist");
            else
                Assert.Contains(source, service.File.Volumes.Keys);
        }));
    }

    [Fact]
    public void Every_program_can_write_to_its_data_folder() => Assert.All(
        Services.Where(service => !service.IsSecretMaker),
        service => Assert.Single(service.List("volumes").Concat(service.List("tmpfs")), mount => DataFolder().IsMatch(mount)));

    [Fact]
    public void Images_are_built_from_the_root_of_the_repository() => Assert.All(Services, service =>
    {
        var context = Path.GetFullPath(Path.Combine(service.File.Folder, (string)service.Settings["build"]!["context"]!));
        Assert.Equal(DocumentedCommand.Root, context);
        Assert.True(File.Exists(Path.Combine(context, (string)service.Settings["build"]!["dockerfile"]!)));
    });

    [Fact]
    public void Only_the_port_for_peers_is_published_and_only_on_this_machine_by_default()
    {
        Assert.All(Services, service => Assert.All(service.List("ports"), port =>
        {
            Assert.True(service.IsTracker);
            Assert.Equal("${TSP_PUBLISH:-127.0.0.1}:${TSP_PORT:-7070}:7070", port);
        }));
        Assert.All(ComposeFile.Projects, file => Assert.Single(file.Services, service => service.List("ports").Count > 0));
    }

    [Fact]
    public void Other_containers_can_read_the_metrics_of_a_tracker_by_the_name_of_its_service() => Assert.All(
        Services.Where(service => service.IsTracker), service =>
        {
            Assert.Equal("0.0.0.0", service.Environment["TSP__TRACKER__HTTP__HOST"]);
            Assert.Equal(service.Name, service.Environment["TSP__TRACKER__HTTP__ALLOWED_HOSTS__0"]);
            Assert.True(service.Settings["networks"] is not { } networks || networks.AsObject().ContainsKey("default"));
        });

    [Fact]
    public void Metrics_are_published_only_by_a_file_of_their_own_and_only_on_this_machine()
    {
        var files = ComposeFile.All.Where(file => file.Name.EndsWith(".http.yml", StringComparison.Ordinal)).ToList();
        Assert.Equal(["docker/docker-compose.cluster.http.yml", "docker/docker-compose.http.yml"], files.Select(file => file.Name));
        Assert.All(files, file =>
        {
            var project = ComposeFile.Projects.Single(
                project => project.Name == file.Name.Replace(".http.yml", ".yml", StringComparison.Ordinal));
            Assert.Equal(
                project.Services.Where(service => service.IsTracker).Select(service => service.Name),
                file.Services.Select(service => service.Name));
            Assert.All(file.Services, service =>
            {
                Assert.Single(service.Settings);
                Assert.Matches(@"^127\.0\.0\.1:70[89]\d:7080$", Assert.Single(service.List("ports")));
            });
        });
    }

    [Fact]
    public void The_two_projects_share_no_volume_and_the_documented_commands_give_them_different_names()
    {
        // docker-compose 1.29 refuses the key that would name a project.
        Assert.All(ComposeFile.Projects, file => Assert.All(
            file.Content, section => Assert.Matches("^(x-[a-z]+|services|networks|volumes)$", section.Key)));
        Assert.All(ComposeFile.Projects, file => Assert.False(File.Exists(Path.Combine(file.Folder, ".env"))));
        var volumes = ComposeFile.Projects.SelectMany(file => file.Volumes.Values).ToList();
        Assert.Equal(volumes.Count, volumes.Distinct().Count());
        Assert.All(Services, service => Assert.Null(service.Settings["container_name"]));
        var projects = Pages.SelectMany(page => FileOption().Matches(File.ReadAllText(page)))
            .Select(match => (Project: match.Groups["project"].Value, File: match.Groups["file"].Value)).Distinct().Order();
        Assert.Equal(
            [
                ("", "docker/docker-compose.yml"), ("docker", "docker/docker-compose.cluster.yml"),
                ("tsp-cluster", "docker/docker-compose.cluster.yml"),
            ],
            projects);
    }

    [Fact]
    public void The_compose_files_in_documented_commands_exist()
    {
        var named = Pages.SelectMany(page => AnyFile().Matches(File.ReadAllText(page)).Select(match => match.Groups["file"].Value)).ToHashSet();
        Assert.Empty(ComposeFile.Projects.Select(file => file.Name).Except(named));
        Assert.Empty(named.Except(ComposeFile.All.Select(file => file.Name)));
    }

    [NeedsFact("bash")]
    public async Task A_tracker_with_the_settings_of_its_container_answers_scrapers_and_its_health_check()
    {
        await using var stage = new Stage();
        var port = FreePorts.Next();
        var settings = Services.Single(service => service.Name == "tracker").Environment
            .Where(setting => setting.Key.Contains("__HTTP__", StringComparison.Ordinal))
            .Select(setting => $"{setting.Key}={setting.Value}")
            .Append($"TSP__TRACKER__HTTP__PORT={port}").ToArray();
        var tracker = await stage.StartTrackerAsync(0, settings);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(port, "tracker"));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(port, "tracker.example"));
        var check = Path.Combine(AppContext.BaseDirectory, "docker", "ready");
        Assert.Equal(0, await stage.StartNative("bash", [check, $"{port}", $"{tracker.Port}"]).ExitAsync());
    }

    public void Dispose() => _client.Dispose();

    // Asks at an address other than 127.0.0.1, as other containers do.
    private async Task<HttpStatusCode> AskAsync(int port, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.2:{port}/metrics"));
        request.Headers.Host = $"{host}:{port}";
        using var response = await _client.SendAsync(request);
        return response.StatusCode;
    }

    private static string BuildStage(string target) =>
        Dockerfile.Split("\nFROM ").Single(stage => stage.Contains($" AS {target}\n", StringComparison.Ordinal));

    [GeneratedRegex(@"(^|:)/data(:|$)")]
    private static partial Regex DataFolder();

    [GeneratedRegex(@"docker compose( -p (?<project>\S+))? -f (?<file>docker/\S+\.yml)")]
    private static partial Regex FileOption();

    [GeneratedRegex(@" -f (?<file>docker/\S+\.yml)")]
    private static partial Regex AnyFile();
}
