using TspActors.Architecture.Tests.Fixtures;

namespace TspActors.Architecture.Tests;

/// <summary>Checks that each rule of <see cref="ArchitectureSpecs"/> fails on a fixture that breaks it.</summary>
public sealed class RulesFailSpecs
{
    [Fact]
    public void An_actor_with_three_flags_is_found()
    {
        var offender = Assert.Single(ActorRules.WithTooManyFlags([typeof(ManyFlagsActor), typeof(TwoFlagsActor)]));
        Assert.Contains("_isOpen, _isDraining, _isClosing", offender, StringComparison.Ordinal);
    }

    [Fact]
    public void The_flags_of_base_classes_are_counted() =>
        Assert.Single(ActorRules.WithTooManyFlags([typeof(InheritedFlagsActor)]));

    [Fact]
    public void An_actor_with_the_wrong_base_class_is_found() =>
        Assert.Equal([typeof(ReceivingActor).FullName!], ActorRules.NotUntyped([typeof(ReceivingActor), typeof(TwoFlagsActor)]));

    [Fact]
    public void An_actor_with_the_wrong_name_is_found() =>
        Assert.Equal([typeof(Listener).FullName!], ActorRules.NotNamedActor([typeof(Listener), typeof(TwoFlagsActor)]));

    [Fact]
    public void A_message_with_Akkas_marker_is_found() =>
        Assert.Equal([typeof(WronglyMarked).FullName!], ActorRules.NotLocalMessages([typeof(WronglyMarked), typeof(RightlyMarked)]));

    [Fact]
    public void A_split_actor_is_found()
    {
        SourceFile[] files =
        [
            new("src/Peer/TwoFlagsActor.Moves.cs", "internal sealed partial class TwoFlagsActor : UntypedActor"),
            new("src/Peer/Patterns.cs", "internal static partial class Patterns"),
        ];
        Assert.Equal(
            ["src/Peer/TwoFlagsActor.Moves.cs: TwoFlagsActor"],
            SourceRules.SplitActors(files, new HashSet<string> { nameof(TwoFlagsActor) }));
    }

    [Fact]
    public void A_dependency_on_Akka_is_found() =>
        Assert.Contains(typeof(ManyFlagsActor).FullName!, Offenders("Akka"));

    [Fact]
    public void A_dependency_on_Akka_IO_is_found() =>
        Assert.Equal([typeof(UsesAkkaIo).FullName!], Offenders("Akka.IO"));

    [Fact]
    public void A_reference_that_points_the_wrong_way_is_found() =>
        Assert.Equal([typeof(UsesTracker).FullName!], Offenders("TspActors.Tracker"));

    [Fact]
    public void A_part_must_not_reference_any_part_that_is_not_listed()
    {
        Assert.Contains("TspActors.Tracker", Part.ForbiddenTo("Transport"));
        Assert.DoesNotContain("TspActors.Protocol", Part.ForbiddenTo("Transport"));
        Assert.Equal(9, Part.ForbiddenTo("Protocol").Length);
    }

    [Fact]
    public void A_namespace_that_does_not_match_its_folder_is_found()
    {
        SourceFile[] files =
        [
            new("src/Peer/Hosting/Limits/Budget.cs", "namespace TspActors.Peer.Hosting;"),
            new("src/Peer/Hosting/Limits/Queue.cs", "namespace TspActors.Peer.Hosting.Limits;"),
        ];
        Assert.StartsWith(
            "src/Peer/Hosting/Limits/Budget.cs declares", Assert.Single(SourceRules.NotInTheirFolder(files)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_line_is_found()
    {
        SourceFile[] files = [new("src/A.cs", $"short\n{new string('x', 141)}\n{new string('x', 140)}")];
        Assert.Equal(["src/A.cs:2 has 141 characters"], SourceRules.LongLines(files));
    }

    [Fact]
    public void A_block_without_a_blank_line_after_it_is_found()
    {
        SourceFile[] files = [new("src/A.cs", "if (a)\n{\n}\nelse\n{\n}\nb();\n{\n}\n\nc();")];
        Assert.Equal(["src/A.cs:7 follows a block without a blank line"], SourceRules.CrowdedBlocks(files));
    }

    [Fact]
    public void A_message_between_actors_that_suppresses_dead_letters_is_found() =>
        Assert.Equal([typeof(SilentReply).FullName!], ActorRules.SilentMessages([typeof(SilentReply), typeof(TwoFlagsActor.Tick)]));

    [Fact]
    public void A_record_whose_ToString_never_returns_is_found() =>
        Assert.Equal([typeof(EndlessRecord).FullName!], ActorRules.EndlessRecords([typeof(EndlessRecord), typeof(RightlyMarked)]));

    private static IReadOnlyList<string> Offenders(string forbidden) =>
        Dependencies.Offenders(typeof(RulesFailSpecs).Assembly, "TspActors.Architecture.Tests.Fixtures", forbidden);
}
