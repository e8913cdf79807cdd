// Privileged operations: the closed union is data of the model, since plans are made of it and shown to people.
export type { PrivilegedRequest } from '../../shared/model/network-plan.ts';
