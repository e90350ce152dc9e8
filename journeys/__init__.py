"""The vocabulary of the monitor (journey, step, visit, persona, target, result) and the journeys themselves."""
