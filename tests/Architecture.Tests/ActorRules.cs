using System.Reflection;
using Akka.Actor;
using Akka.Event;

namespace TspActors.Architecture.Tests;

/// <summary>The rules for actors and their messages. Each method returns the types that break one rule.</summary>
internal static class ActorRules
{
    /// <summary>The number of flags that an actor may have. An actor with more flags hides a state machine.</summary>
    public const int MaxFlags = 2;

    /// <summary>Returns the actors with more than <see cref="MaxFlags"/> boolean fields, including those of base classes.</summary>
    public static IReadOnlyList<string> WithTooManyFlags(IEnumerable<Type> types) =>
    [
        .. from actor in Actors(types)
           let flags = Flags(actor).ToList()
           where flags.Count > MaxFlags
           select $"{actor.FullName}: {string.Join(", ", flags)}",
    ];

    /// <summary>Returns the actors that do not derive from UntypedActor, or derive from its subclass ReceiveActor.</summary>
    public static IReadOnlyList<string> NotUntyped(IEnumerable<Type> types) =>
        [.. from actor in Actors(types) where !actor.IsSubclassOf(typeof(UntypedActor))
            || actor.IsSubclassOf(typeof(ReceiveActor)) select actor.FullName!];

    /// <summary>Returns the actors whose name does not end in "Actor".</summary>
    public static IReadOnlyList<string> NotNamedActor(IEnumerable<Type> types) =>
        [.. from actor in Actors(types) where !actor.Name.EndsWith("Actor", StringComparison.Ordinal) select actor.FullName!];

    /// <summary>Returns the messages that are marked with Akka's own interface instead of ILocalMessage.</summary>
    public static IReadOnlyList<string> NotLocalMessages(IEnumerable<Type> types) =>
    [
        .. from type in types
           where type is { IsAbstract: false, IsInterface: false }
           let interfaces = type.GetInterfaces()
           where interfaces.Contains(typeof(INoSerializationVerificationNeeded))
               && !interfaces.Any(known => known.Name == "ILocalMessage")
               // Exceptions and messages of Akka's own base classes inherit the marker.
               && type.BaseType?.GetInterfaces().Contains(typeof(INoSerializationVerificationNeeded)) != true
           select type.FullName!,
    ];

    /// <summary>
    /// Returns the messages that suppress dead letters although they are not nested in another type, so that other actors may send them. A
    /// message that is lost between two actors must appear in the log as a dead letter.
    /// </summary>
    public static IReadOnlyList<string> SilentMessages(IEnumerable<Type> types) =>
    [
        .. from type in types
           where type is { IsAbstract: false, IsInterface: false } && type.GetInterfaces().Contains(typeof(IDeadLetterSuppression))
               && !type.IsNested
           select type.FullName!,
    ];

    /// <summary>Returns the record structs with a public property of their own type. Their ToString never returns.</summary>
    public static IReadOnlyList<string> EndlessRecords(IEnumerable<Type> types) =>
    [
        .. from type in types
           where type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null
               && type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Any(property => property.PropertyType == type)
           select type.FullName!,
    ];

    /// <summary>Returns the actors among the given types.</summary>
    public static IEnumerable<Type> Actors(IEnumerable<Type> types) => types.Where(type => type.IsSubclassOf(typeof(ActorBase)));

    private static IEnumerable<string> Flags(Type actor)
    {
        for (var type = actor; type is not null && type.Assembly == actor.Assembly; type = type.BaseType)
        {
            foreach (var field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.FieldType == typeof(bool) || field.FieldType == typeof(bool?))
                    yield return field.Name;
            }
        }
    }
}
