namespace TspActors.Architecture.Tests;

/// <summary>Checks the rules of docs/architecture.md. <see cref="RulesFailSpecs"/> shows that each check can fail.</summary>
public sealed class ArchitectureSpecs
{
    private static IEnumerable<Type> Types => Part.Assemblies.SelectMany(assembly => assembly.GetTypes());

    [Fact]
    public void No_actor_has_more_than_two_boolean_fields() => Assert.Empty(ActorRules.WithTooManyFlags(Types));

    [Fact]
    public void Every_actor_derives_from_UntypedActor_and_none_from_ReceiveActor() => Assert.Empty(ActorRules.NotUntyped(Types));

    [Fact]
    public void The_name_of_every_actor_ends_in_Actor() => Assert.Empty(ActorRules.NotNamedActor(Types));

    [Fact]
    public void Local_messages_are_marked_with_ILocalMessage() => Assert.Empty(ActorRules.NotLocalMessages(Types));

    [Fact]
    public void No_actor_is_split_into_partial_classes() =>
        Assert.Empty(SourceRules.SplitActors(SourceFile.All, ActorRules.Actors(Types).Select(actor => actor.Name).ToHashSet()));

    [Theory]
    [InlineData("Media")]
    [InlineData("Playback")]
    [InlineData("Mpeg")]
    [InlineData("Protocol")]
    public void No_Akka_type_appears_in(string part) =>
        Assert.Empty(Dependencies.Offenders(Part.AssemblyOf(part), $"TspActors.{part}", "Akka"));

    [Theory]
    [InlineData("Tracker")]
    [InlineData("Peer")]
    [InlineData("Gateway")]
    [InlineData("Configuration")]
    [InlineData("Monitoring")]
    public void No_Akka_IO_type_appears_outside_Transport(string part) =>
        // The sources of live feeds send endless bodies over HTTP, but Transport knows only TSP frames.
        Assert.DoesNotContain(
            Dependencies.Offenders(Part.AssemblyOf(part), $"TspActors.{part}", "Akka.IO"),
            type => !type.StartsWith("TspActors.Peer.Live.Sources.Icecast", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Part.All), MemberType = typeof(Part))]
    public void References_between_the_parts_point_in_one_direction(string part) =>
        Assert.Empty(Dependencies.Offenders(Part.AssemblyOf(part), $"TspActors.{part}", Part.ForbiddenTo(part)));

    [Fact]
    public void Only_the_demo_command_depends_on_the_tracker() => Assert.All(
        Dependencies.Offenders(Part.AssemblyOf("Peer"), "TspActors.Peer", "TspActors.Tracker"),
        offender => Assert.Contains("DemoCommand", offender, StringComparison.Ordinal));

    [Fact]
    public void The_search_index_does_not_depend_on_the_catalog() =>
        Assert.Empty(Dependencies.Offenders(Part.AssemblyOf("Tracker"), "TspActors.Tracker.Search", "TspActors.Tracker.Catalog"));

    [Fact]
    public void Every_namespace_matches_its_folder() => Assert.Empty(SourceRules.NotInTheirFolder(SourceFile.All));

    [Fact]
    public void No_line_without_a_string_is_longer_than_140_characters() => Assert.Empty(SourceRules.LongLines(SourceFile.All));

    [Fact]
    public void No_record_struct_has_a_property_of_its_own_type() => Assert.Empty(ActorRules.EndlessRecords(Types));

    [Fact]
    public void A_blank_line_follows_every_block() => Assert.Empty(SourceRules.CrowdedBlocks(SourceFile.All));

    [Fact]
    public void Only_nested_message_types_suppress_dead_letters() => Assert.Empty(ActorRules.SilentMessages(Types));
}
