namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// Checks that the command lines in README.md and docs/*.md work as documented, and print what <see cref="CommandScenarios"/> says.
/// </summary>
public sealed class DocumentedCommandSpecs(DocumentedCommunity community) : IClassFixture<DocumentedCommunity>
{
    private static readonly string[] RepositoryFolders = ["config/", "docker/", "packaging/", "src/", "tests/"];

    public static TheoryData<string> Scenarios => [.. CommandScenarios.Own.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public Task The_documented_commands_work(string scenario) =>
        CommandScenarios.Own.Single(each => each.Name == scenario).RunAsync(community);

    [NeedsFact("fish", "zsh")]
    public Task Each_shell_loads_the_completions_as_documented() => CommandScenarios.Completions.RunAsync(community);

    [NeedsFact("openssl")]
    public Task The_documented_openssl_commands_make_the_certificate_of_a_tracker() => CommandScenarios.Certificates.RunAsync(community);

    [NeedsFact("curl", "nc:netcat-openbsd", "openssl")]
    public Task A_tracker_and_two_peers_run_on_one_machine_as_documented() => CommandScenarios.OneMachine.RunAsync(community);

    [Fact]
    public void Every_documented_command_has_an_expectation()
    {
        var expected = Expected().ToHashSet(StringComparer.Ordinal);
        var unexpected = DocumentedCommand.ReadAll().Where(command => !expected.Contains(command.Text)).ToList();
        Assert.True(
            unexpected.Count == 0,
            $"Add these commands to {nameof(CommandScenarios)}, or to {nameof(CommandsElsewhere)} with the reason:\n"
                + string.Join('\n', unexpected));
    }

    [Fact]
    public void Every_expectation_belongs_to_one_documented_command()
    {
        var documented = DocumentedCommand.ReadAll().Select(command => command.Text).ToHashSet(StringComparer.Ordinal);
        var expected = Expected().ToList();
        Assert.Equal(expected.Distinct(), expected);
        var former = expected.Where(command => !documented.Contains(command)).ToList();
        Assert.Empty(former);
    }

    [Fact]
    public void The_files_of_commands_that_the_tests_do_not_run_exist()
    {
        var files = CommandsElsewhere.Reasons.Keys.SelectMany(command => command.Split(' '))
            .Where(word => RepositoryFolders.Any(folder => word.StartsWith(folder, StringComparison.Ordinal))).Distinct().ToList();
        Assert.InRange(files.Count, 5, 100);
        Assert.All(files, file => Assert.True(Path.Exists(Path.Combine(DocumentedCommand.Root, file)), $"there is no {file}"));
    }

    [Fact]
    public void Commands_are_found_in_every_form_in_which_the_pages_show_them()
    {
        const string page =
            """
            Run `peer
            id`, `tsp-tracker backup FILE [--data DIR]` or `… \| peer serve`. It prints `peer ready on ADDR`, and `play 1` plays.

                dotnet run -c Release --project src/Tracker     # or a comment
                TspActors.Peer play 12 [--audio auto|null]

                # debug.conf
                akka.log-dead-letters = on

            - an item
                peer is continued here

            ```sh
            # a comment
            anything --at all | tsp-peer completion fish
            ```

            ```
            tracker members [--days DAYS]
            ```
            """;

        Assert.Equal(
            [
                "tracker", "peer play 12", "peer play 12 --audio null", "anything --at all | peer completion fish", "tracker members",
                "tracker members --days DAYS", "peer id", "tracker backup FILE", "tracker backup FILE --data DIR", "… | peer serve",
            ],
            DocumentedCommand.Read("page", page).Select(command => command.Text));
        Assert.Equal("page, line 2: peer id", $"{DocumentedCommand.Read("page", "text\n`peer id`").Single()}");
    }

    private static IEnumerable<string> Expected() =>
        CommandScenarios.All.SelectMany(scenario => scenario.Steps).Select(step => step.Command).Concat(CommandsElsewhere.Reasons.Keys);
}
